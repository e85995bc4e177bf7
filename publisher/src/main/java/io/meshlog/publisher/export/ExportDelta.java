package io.meshlog.publisher.export;

import java.util.List;

/**
 * What one batch of object changes did to the export.
 *
 * @param changes at most one for each key; none where the batch changed nothing that is exported
 * @param skipped what is skipped since this batch, or for another reason than before
 */
public record ExportDelta(List<ExportChange> changes, List<Skipped> skipped) {
    public ExportDelta {
        changes = List.copyOf(changes);
        skipped = List.copyOf(skipped);
    }
}
