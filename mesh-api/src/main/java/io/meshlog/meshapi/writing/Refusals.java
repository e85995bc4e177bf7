package io.meshlog.meshapi.writing;

import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.schemas.v1.Refusal;

/** The fold's refusals in words and as messages. */
public final class Refusals {
    private Refusals() {}

    /** Rule and message of a refusal. */
    public static String inWords(Answer answer) {
        Rule rule = answer.rule();
        String message = answer.message();
        return "%s: %s".formatted(rule == null ? answer.code() : rule, message == null ? "no reason given" : message);
    }

    /** A refusal as publishers see it. */
    public static Refusal toProto(Answer answer) {
        Rule rule = answer.rule();
        String message = answer.message();
        return Refusal.newBuilder()
                .setSequence(answer.sequence())
                .setRule(rule == null ? "" : rule.name())
                .setMessage(message == null ? "" : message)
                .setRefused(answer.refused())
                .build();
    }
}
