package io.meshlog.publisher.outbox;

/**
 * What a gateway takes in.
 *
 * @param maxEventBytes the most bytes of one event's message
 * @param maxFrameResources the most resources of one frame
 * @param maxUndecidedEvents the most events sent and not yet acknowledged
 */
public record GatewayLimits(int maxEventBytes, int maxFrameResources, int maxUndecidedEvents) {
    public GatewayLimits {
        if (maxEventBytes < 1 || maxFrameResources < 1 || maxUndecidedEvents < 1) {
            throw new IllegalArgumentException(
                    "limits have to be positive: maxEventBytes %d, maxFrameResources %d, maxUndecidedEvents %d"
                            .formatted(maxEventBytes, maxFrameResources, maxUndecidedEvents));
        }
    }
}
