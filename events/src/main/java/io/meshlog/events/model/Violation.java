package io.meshlog.events.model;

/**
 * A refusal that lasts until its cause is gone.
 *
 * @param subject the key of what was refused, empty for a record that could not be read at all
 */
public record Violation(String subject, Rule rule, String message) implements Resource {
    @Override
    public Kind kind() {
        return Kind.VIOLATION;
    }
}
