package io.meshlog.publisher.k8s.read;

import io.meshlog.publisher.k8s.KubernetesObject;
import java.util.List;
import java.util.SortedSet;

/**
 * What documents hold.
 *
 * @param objects in the order in which they stand there
 * @param ignored the API versions and kinds of what is not read, for example {@code multicluster.x-k8s.io/v1beta1
 *     ServiceExport}
 */
public record ReadObjects(List<Placed> objects, SortedSet<String> ignored) {

    /**
     * An object and where it stands.
     *
     * @param place for messages: the file and, where it is known, the line
     */
    public record Placed(KubernetesObject object, String place) {}

    public ReadObjects {
        objects = List.copyOf(objects);
    }
}
