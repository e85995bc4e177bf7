package io.meshlog.it.etcd;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.meshlog.it.up.RunningUp;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cilium's own reader of remote clusters and its KVStoreMesh, on an {@code up} with its example fleet. */
@Timeout(1_800)
final class CiliumReaderTest {
    @TempDir
    Path folder;

    @Test
    void theySynchronize_followChanges_andSeeExactlyWhatThereIs() throws Exception {
        assumeThat(RunningUp.isPacked()).as("nothing is packed to run").isTrue();
        GoTests cilium = new GoTests("cilium");
        Path examples = Path.of(System.getProperty("meshlog.home"), "examples", "three-clusters");
        RunningUp up = RunningUp.start(folder.resolve("data"), examples, RunningUp.freePorts());
        try {
            cilium.pass(
                    "TestCiliumReadsMeshlog|TestKVStoreMesh",
                    Map.of("MESHLOG_ETCD", up.endpoints().etcd(), "MESHLOG_CLUSTER", "eastus"));
        } finally {
            up.leaveNothing();
        }
    }
}
