package io.meshlog.events.fold;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.meshlog.events.model.Rule;
import org.jspecify.annotations.Nullable;

/** Why something is not accepted, for machines and for people. */
record Refusal(Rule rule, String message) {
    @FormatMethod
    static Refusal of(Rule rule, @FormatString String message, @Nullable Object... values) {
        return new Refusal(rule, message.formatted(values));
    }
}
