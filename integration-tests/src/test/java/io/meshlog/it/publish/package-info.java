/** Manifests published once, over a real broker. */
package io.meshlog.it.publish;
