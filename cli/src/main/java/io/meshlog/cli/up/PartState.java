package io.meshlog.cli.up;

import java.time.Duration;

/**
 * Where a part of {@code up} stands.
 *
 * <pre>
 * Starting ---> Ready ---> Restarting ---> Starting
 *    |            |             |
 *    +------------+-------------+---> Failed
 *    +------------+-------------+---> Stopped
 * </pre>
 */
sealed interface PartState {
    /** The process runs and does not answer yet. */
    record Starting(long pid) implements PartState {}

    /** The process answers. */
    record Ready(long pid, Duration after) implements PartState {}

    /** The process ended by itself and is started again after a pause. */
    record Restarting(int exitCode, Duration pause) implements PartState {}

    /** The part is given up. */
    record Failed(String why) implements PartState {}

    /** The part was stopped. */
    record Stopped() implements PartState {}
}
