/** {@code meshlog up} as a person runs it: real processes, from the packed jars, on loopback. */
package io.meshlog.it.up;
