package io.meshlog.events.fold;

import io.meshlog.events.model.Rule;

/** Why something is not accepted, for machines and for people. */
record Refusal(Rule rule, String message) {
    static Refusal of(Rule rule, String message, Object... values) {
        return new Refusal(rule, message.formatted(values));
    }
}
