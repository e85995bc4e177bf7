package io.meshlog.meshapi.store;

/** The store cannot do its work: the disk failed or is full, or what is on it is no store of this version. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
