/** One-off publication: manifests in, what the fleet decided about them out, on the main thread. */
@NullMarked
package io.meshlog.cli.publish;

import org.jspecify.annotations.NullMarked;
