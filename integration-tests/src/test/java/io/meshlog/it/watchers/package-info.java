/** A thousand watches on one replica, of which some hardly read. */
package io.meshlog.it.watchers;
