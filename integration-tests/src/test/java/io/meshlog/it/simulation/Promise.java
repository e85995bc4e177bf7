package io.meshlog.it.simulation;

/** The promises of docs/guarantees.md that are checked at each step, each with the one text it fails with. */
enum Promise {
    ORDERED("a reader was led back"),
    UNIQUE("a change was delivered twice, or not as it was decided"),
    ATOMIC("a write was split outside of a snapshot or catch-up"),
    RELIABLE("a write or an acknowledged event is missing"),
    RESUMABLE("a resumed reader does not hold what it would have held"),
    BOOKMARKABLE("a reader does not hold the state of the revision it was told"),
    FILTERABLE("a reader was sent what it does not select"),
    LOSSLESS("what was declared is not what is held"),
    DETERMINISTIC("two folds of one log differ"),
    WITNESSED("what a replica decided is not what the changelog says"),
    ISOLATED("a cluster changed what is another's"),
    BOUNDED("a limit was passed");

    private final String failure;

    Promise(String failure) {
        this.failure = failure;
    }

    void require(boolean kept, String details, Object... values) {
        if (!kept) {
            throw new Broken(this, "%s: %s: %s".formatted(name(), failure, details.formatted(values)));
        }
    }

    /** A promise that was not kept. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1L;
        private final Promise promise;

        Broken(Promise promise, String message) {
            super(message);
            this.promise = promise;
        }

        Promise promise() {
            return promise;
        }
    }
}
