package io.meshlog.publisher.source.manifest;

/** A manifest that cannot be read; the message names the file and, where it is known, the line. */
public final class ManifestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ManifestException(String message) {
        super(message);
    }

    ManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
