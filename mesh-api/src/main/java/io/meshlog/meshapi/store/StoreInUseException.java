package io.meshlog.meshapi.store;

/** Another process, or another store of this one, has the folder open. Nothing is wrong with what is in it. */
public final class StoreInUseException extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreInUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
