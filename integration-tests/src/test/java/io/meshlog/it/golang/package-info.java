/** Go programs of this repository, built and run by tests. Where Go or a module is missing, those tests are skipped in words. */
package io.meshlog.it.golang;
