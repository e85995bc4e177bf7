package io.meshlog.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.cli.ExitCode;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.it.publish.TypedCommand;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code meshlog bench} beside a real cluster: what it measures is what happened, and nothing of it stays. */
class BenchTest {
    private static final String SCENARIO =
            "--yes --clusters 2 --nodes 2 --identities 5 --endpoints 20 --services 5 --rate 100 --watches 4 --missed 40";

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetInProcess fleet;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("bench", broker, folder);
    }

    @AfterEach
    void stopFleet() {
        fleet.close();
        broker.close();
    }

    private TypedCommand meshlog(String line) {
        return TypedCommand.run(folder, fleet.grpcPort(), line.split(" "));
    }

    private static JsonArray points(JsonArray results, int series) {
        return results.get(series).getAsJsonObject().getAsJsonArray("points");
    }

    @Test
    void everySeriesIsMeasured_everyChangeComesToEveryWatch_andNothingStays() {
        // when
        TypedCommand ended =
                meshlog("bench --series watches,resume,storm,snapshot --points 2 --duration 1s --save plots -o json "
                        + SCENARIO);

        // then
        assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.OK);
        JsonArray results =
                JsonParser.parseString(ended.out()).getAsJsonObject().getAsJsonArray("results");
        JsonObject four = points(results, 0).get(1).getAsJsonObject();
        assertThat(four.get("amount").getAsInt()).isEqualTo(4);
        assertThat(four.get("p50 ms").getAsDouble()).isPositive();
        assertThat(four.get("p99 ms").getAsDouble())
                .isGreaterThanOrEqualTo(four.get("p50 ms").getAsDouble());
        JsonObject resumed = points(results, 1).get(0).getAsJsonObject();
        assertThat(resumed.get("amount").getAsInt()).isEqualTo(20);
        assertThat(resumed.get("resyncs").getAsDouble()).isZero();
        // what was changed several times comes once, to each of the four
        assertThat(resumed.get("deliveries").getAsDouble()).isBetween(4.0, 80.0);
        JsonObject begun = points(results, 3).get(1).getAsJsonObject();
        assertThat(begun.get("deliveries").getAsDouble()).isEqualTo(4 * 2 * (2 + 5 + 20 + 5));
        assertThat(folder.resolve("plots/storm-seconds.svg")).isNotEmptyFile();
        assertThat(folder.resolve("plots/storm.json")).content().contains("\"seed\": 1");

        // then only the real cluster is there, with what it has
        assertThat(meshlog("get clusters -o name").out().strip()).endsWith("/" + ScriptedCluster.NAME);
        assertThat(meshlog("get endpoints -o name").out()).isEmpty();
        assertThat(meshlog("get nodes -o name").out()).contains(ScriptedCluster.key(0));
    }

    @Test
    void withoutBeingToldTo_itLeavesAFleetAlone() {
        // when
        TypedCommand ended = meshlog("bench");

        // then
        assertThat(ended.code()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err()).contains("has 1 clusters of its own, for example " + ScriptedCluster.NAME);
    }
}
