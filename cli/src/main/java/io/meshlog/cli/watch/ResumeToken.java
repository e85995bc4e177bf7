package io.meshlog.cli.watch;

import com.google.protobuf.ByteString;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import java.util.Base64;

/** A resume token as text that needs no quotes in any shell. */
final class ResumeToken {
    private ResumeToken() {}

    static String text(ByteString token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
    }

    /** Reads what {@link #text} gave, and what JSON output gives as {@code resumeToken}. */
    static ByteString parse(String text) {
        try {
            String urlSafe = text.replace('+', '-').replace('/', '_').replace("=", "");
            return ByteString.copyFrom(Base64.getUrlDecoder().decode(urlSafe));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--resume \"%s\" is no resume token".formatted(text),
                    "A watch prints its token when it ends.");
        }
    }
}
