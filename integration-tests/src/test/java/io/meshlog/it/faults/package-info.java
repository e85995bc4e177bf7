/**
 * The whole way, from a publisher to a watch, on three real brokers that are killed, paused and cut off. Everything of ours
 * runs in this process; the brokers run in others, where a signal reaches one of them and nothing else.
 */
package io.meshlog.it.faults;
