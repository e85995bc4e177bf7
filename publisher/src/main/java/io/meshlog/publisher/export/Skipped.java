package io.meshlog.publisher.export;

import io.meshlog.publisher.k8s.ObjectReference;

/**
 * An object that asks to be exported, or always is, and cannot be. Objects that do not ask are not named.
 *
 * @param reason a sentence for people
 */
public record Skipped(ObjectReference object, String reason) {}
