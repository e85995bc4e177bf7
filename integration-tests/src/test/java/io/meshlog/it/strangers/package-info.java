/** Programs that know nothing of Meshlog read its topics and its API, as their own documentation says they do. */
package io.meshlog.it.strangers;
