/**
 * Hop 7 of 7: health, readiness and metrics over HTTP. In come requests of supervisors and scrapers, out go words and
 * numbers, on two threads of their own.
 */
@NullMarked
package io.meshlog.meshapi.http;

import org.jspecify.annotations.NullMarked;
