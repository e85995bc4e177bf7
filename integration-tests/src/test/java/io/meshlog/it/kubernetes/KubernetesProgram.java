package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.meshlog.it.golang.GoModule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The program of {@code conformance/kubernetes}, and where Cilium's definitions are.
 *
 * <p>It is two thousand packages: six and a half minutes of CPU where Go's build cache holds none of them, seconds where it
 * does. So it is built where they are in the cache, and else only with the variable {@value #VARIABLE} set to {@code build}.
 */
final class KubernetesProgram {
    private static final String VARIABLE = "MESHLOG_KUBERNETES";
    /** As many packages are compiled without asking. */
    private static final int FEW_PACKAGES = 100;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(20);

    private final Path file = Path.of("target", "kube").toAbsolutePath();
    private final GoModule cilium;

    private KubernetesProgram(GoModule cilium) {
        this.cilium = cilium;
    }

    /** Builds it. The test is skipped, in words, where it cannot be or is not to be. */
    static KubernetesProgram orSkip() {
        GoModule module = GoModule.orSkip("kubernetes");
        if (!"build".equals(System.getenv(VARIABLE))) {
            String missing = module.run(
                            LIMIT, Map.of(), "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ".")
                    .orFail();
            assumeThat(missing.lines().count())
                    .as(
                            "%s has packages that Go's build cache does not hold; with %s=build they are compiled",
                            module.folder(), VARIABLE)
                    .isLessThan(FEW_PACKAGES);
        }
        KubernetesProgram program = new KubernetesProgram(GoModule.orSkip("export"));
        var unused = module.run(BUILD_LIMIT, Map.of(), "build", "-o", program.file.toString(), ".")
                .orFail();
        return program;
    }

    Path file() {
        return file;
    }

    /** What a cluster with Cilium has. */
    List<Path> ciliumDefinitions() {
        Path folder = moduleFolder("github.com/cilium/cilium").resolve("pkg/k8s/apis/cilium.io/client/crds");
        return List.of(
                folder.resolve("v2/ciliumnodes.yaml"),
                folder.resolve("v2/ciliumidentities.yaml"),
                folder.resolve("v2/ciliumendpoints.yaml"),
                folder.resolve("v2/ciliumnetworkpolicies.yaml"),
                folder.resolve("v2/ciliumclusterwidenetworkpolicies.yaml"),
                folder.resolve("v2alpha1/ciliumendpointslices.yaml"));
    }

    /** The Multi-Cluster Services API's. */
    Path serviceExportDefinition() {
        return moduleFolder("sigs.k8s.io/mcs-api").resolve("config/crd/multicluster.x-k8s.io_serviceexports.yaml");
    }

    private Path moduleFolder(String module) {
        return Path.of(cilium.run(LIMIT, Map.of(), "list", "-m", "-f", "{{.Dir}}", module)
                .orFail());
    }
}
