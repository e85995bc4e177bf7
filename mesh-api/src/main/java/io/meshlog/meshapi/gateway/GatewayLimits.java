package io.meshlog.meshapi.gateway;

import io.meshlog.events.log.Topics;

/**
 * How much one gateway takes in. What an event weighs is the number of resources it names, at least 1.
 *
 * @param maxEventBytes larger events are refused, as they would stand in the log
 * @param maxFrameResources frames with more are refused
 * @param maxUndecidedPerSession events of one session that are sent and not decided; at it, its stream is not read
 * @param maxUndecidedWeight of all events that are sent and not decided, frames at most half of it; at it, streams are
 *     not read and take turns as room comes
 * @param maxStreams at it, further streams are refused as overloaded
 * @param maxWaitingCommands commands that wait for their answer; at it, further ones are refused as overloaded
 * @param decisionTimeoutMs how long an opening or a command waits for the fleet's decision, in milliseconds
 */
public record GatewayLimits(
        int maxEventBytes,
        int maxFrameResources,
        int maxUndecidedPerSession,
        int maxUndecidedWeight,
        int maxStreams,
        int maxWaitingCommands,
        long decisionTimeoutMs) {
    public static final GatewayLimits DEFAULT = new GatewayLimits(960 * 1_024, 2_000, 2_048, 8_192, 1_024, 256, 10_000);

    /** A frame must fit into the frames' half twice, so that one cluster's frame does not wait for another's. */
    private static final int FRAMES_TO_FIT = 4;

    public GatewayLimits {
        requireAtLeast("maxEventBytes", maxEventBytes, 1);
        requireAtLeast("maxFrameResources", maxFrameResources, 1);
        requireAtLeast("maxUndecidedPerSession", maxUndecidedPerSession, 1);
        requireAtLeast("maxUndecidedWeight", maxUndecidedWeight, (long) FRAMES_TO_FIT * maxFrameResources);
        requireAtLeast("maxStreams", maxStreams, 1);
        requireAtLeast("maxWaitingCommands", maxWaitingCommands, 1);
        requireAtLeast("decisionTimeoutMs", decisionTimeoutMs, 1);
        if (maxEventBytes >= Topics.MAX_EVENT_BYTES) {
            throw new IllegalArgumentException("limits.maxEventBytes: is %d, less than the events topic's %d is needed"
                    .formatted(maxEventBytes, Topics.MAX_EVENT_BYTES));
        }
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("limits.%s: is %d, at least %d is needed".formatted(name, value, least));
        }
    }
}
