package io.meshlog.publisher.k8s;

import java.util.Map;

/**
 * A ServiceExport of the Multi-Cluster Services API: its namespace's Service of the same name is to be exported.
 *
 * @param exportedLabels what the derived service is to be labelled with
 */
public record ServiceExportObject(
        ObjectMeta meta, Map<String, String> exportedLabels, Map<String, String> exportedAnnotations)
        implements KubernetesObject {
    public ServiceExportObject {
        exportedLabels = Map.copyOf(exportedLabels);
        exportedAnnotations = Map.copyOf(exportedAnnotations);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.SERVICE_EXPORT;
    }
}
