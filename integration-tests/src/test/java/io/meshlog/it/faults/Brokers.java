package io.meshlog.it.faults;

import java.util.List;

/**
 * Three brokers, each also a controller: topics have three replicas, of which two must be in sync.
 *
 * <p>Clients reach them in two ways, which lead to the same logs: directly, and through a proxy that a test can cut.
 */
interface Brokers extends AutoCloseable {
    int COUNT = 3;

    List<Integer> ALL = List.of(0, 1, 2);

    /** Where clients connect. */
    String direct();

    /** Where clients connect whose way is to be cut. */
    String proxied();

    KafkaProxy proxy();

    /** Ends some at once, without a word to anyone. */
    void kill(List<Integer> ids);

    /** Starts killed ones on what their disks hold; blocks until they serve. */
    void restart(List<Integer> ids);

    /** Stops a broker's clock: it holds its connections and answers nothing. */
    void pause(int id);

    void resume(int id);

    /** All run again, whatever a test did; blocks until they serve. */
    void heal();

    @Override
    void close();
}
