/** A fleet measured over a real broker. */
package io.meshlog.it.bench;
