package io.meshlog.events.etcd.value;

/** The forms there are. A new kind adds one here and its families to the layout of keys. */
public final class Forms {
    public static final ValueForm NODE = new NodeForm();
    public static final ValueForm IDENTITY = new IdentityForm();
    public static final ValueForm ENDPOINT = new EndpointForm();
    public static final ValueForm SERVICE = new ServiceForm();
    public static final ValueForm ENDPOINT_SLICE = new SliceForm();
    public static final ValueForm SERVICE_EXPORT = new ServiceExportForm();
    public static final ValueForm CLUSTER_CONFIG = new ClusterConfigForm(false);
    public static final ValueForm CLUSTER_CONFIG_CACHED = new ClusterConfigForm(true);
    public static final ValueForm OPAQUE = new OpaqueForm();

    private Forms() {}
}
