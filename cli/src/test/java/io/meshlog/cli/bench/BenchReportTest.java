package io.meshlog.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.cli.bench.Point.Figure;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class BenchReportTest {
    private static final List<Point> POINTS = List.of(point(10, 2.5, 9), point(20, 4, 25.5), point(40, 9, 99));

    private final BenchReport report = new BenchReport(Series.CHURN, ScenarioTest.scenario(3), POINTS, "a <machine>");

    @TempDir
    Path folder;

    private static Point point(int amount, double p50, double p99) {
        return new Point(
                amount,
                Map.of(Figure.P50, p50, Figure.P99, p99, Figure.PUBLISHED, (double) amount),
                Map.of("mesh-api", new LocalParts.Usage(1.25, 200)));
    }

    @Test
    void programsGetEveryFigureByNameAndUnit() {
        // when
        var tree = report.json();

        // then
        var last = tree.getAsJsonArray("points").get(2).getAsJsonObject();
        assertThat(last.get("amount").getAsInt()).isEqualTo(40);
        assertThat(last.get("p99 ms").getAsDouble()).isEqualTo(99);
        assertThat(last.getAsJsonObject("parts")
                        .getAsJsonObject("mesh-api")
                        .get("cpuSeconds")
                        .getAsDouble())
                .isEqualTo(1.25);
        assertThat(tree.getAsJsonObject("scenario").get("seed").getAsLong()).isEqualTo(1);
    }

    @Test
    void curvesRiseWhereTheFiguresDo() throws Exception {
        // when
        List<Path> files = report.save(folder);

        // then
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("churn-p50.svg", "churn-published.svg");
        var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        byte[] svg = Files.readString(files.getFirst()).getBytes(StandardCharsets.UTF_8);
        NodeList circles = builder.parse(new ByteArrayInputStream(svg)).getElementsByTagName("circle");
        List<Double> heights = new ArrayList<>();
        for (int index = 0; index < circles.getLength(); index++) {
            heights.add(Double.parseDouble(((Element) circles.item(index)).getAttribute("cy")));
        }
        assertThat(heights).hasSize(6);
        assertThat(heights.subList(0, 3)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(heights.subList(3, 6)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(heights.get(5)).isLessThan(heights.get(2));
    }

    @Test
    void aSinglePointIsDrawnToo() throws Exception {
        assertThat(new BenchReport(Series.CHURN, ScenarioTest.scenario(1), POINTS.subList(0, 1), "m").save(folder))
                .hasSize(2)
                .allSatisfy(file -> assertThat(file).content().doesNotContain("NaN", "Infinity"));
    }
}
