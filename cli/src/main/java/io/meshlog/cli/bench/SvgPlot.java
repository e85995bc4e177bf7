package io.meshlog.cli.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Curves over amounts that double, as an SVG: both axes are logarithmic, so that what grows
 * as a power of the work is a straight line. Needs no style sheet and no script, and has a ground of its own.
 */
final class SvgPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 76;
    private static final int RIGHT = 24;
    private static final int TOP = 64;
    private static final int BOTTOM = 56;
    private static final int MOST_X_LABELS = 12;
    private static final double[] STEPS = {1, 2, 5};
    private static final List<String> COLOURS = List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd");

    private final double leastX;
    private final double mostX;
    private final double leastY;
    private final double mostY;
    private final StringBuilder svg = new StringBuilder();

    /** A point of a curve. */
    record At(double x, double y) {}

    /** @param at at least one point, from left to right, all above zero */
    record Curve(String name, List<At> at) {
        Curve {
            at = List.copyOf(at);
        }
    }

    private SvgPlot(List<Curve> curves) {
        List<At> all = curves.stream().flatMap(curve -> curve.at().stream()).toList();
        double lowX = all.stream().mapToDouble(At::x).min().orElse(1);
        double highX = all.stream().mapToDouble(At::x).max().orElse(1);
        leastX = highX > lowX ? lowX : lowX / 2;
        mostX = highX > lowX ? highX : highX * 2;
        leastY = stepAtMost(all.stream().mapToDouble(At::y).min().orElse(1));
        double top = stepAtLeast(all.stream().mapToDouble(At::y).max().orElse(1));
        mostY = top > leastY ? top : top * 2;
    }

    /**
     * Draws them.
     *
     * @param amount what the x axis is of
     */
    static String draw(String title, String amount, List<Curve> curves) {
        return new SvgPlot(curves).whole(title, amount, curves);
    }

    private String whole(String title, String amount, List<Curve> curves) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        add("<title>%s</title>", escaped(title));
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
        text(LEFT, 24, "start", "#111111", title);
        axes(curves.getFirst().at());
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12.0, "middle", "#444444", amount);
        double legend = LEFT;
        for (int index = 0; index < curves.size(); index++) {
            Curve curve = curves.get(index);
            String colour = COLOURS.get(index % COLOURS.size());
            line(legend, 43, legend + 18, 43, colour, 2.5);
            text(legend + 24, 47, "start", "#444444", curve.name());
            legend += 60 + 8.0 * curve.name().length();
            curve(curve, colour);
        }
        add("</svg>");
        return svg.toString();
    }

    private void axes(List<At> at) {
        for (double step = leastY; step <= mostY * 1.001; step = next(step)) {
            line(LEFT, y(step), WIDTH - RIGHT, y(step), "#dddddd", 1);
            text(LEFT - 8.0, y(step) + 4, "end", "#444444", number(step));
        }
        int every = Math.max(1, (at.size() + MOST_X_LABELS - 1) / MOST_X_LABELS);
        for (int index = 0; index < at.size(); index += every) {
            double x = x(at.get(index).x());
            line(x, TOP, x, HEIGHT - BOTTOM, "#eeeeee", 1);
            text(
                    x,
                    HEIGHT - BOTTOM + 18.0,
                    "middle",
                    "#444444",
                    number(at.get(index).x()));
        }
    }

    private void curve(Curve curve, String colour) {
        List<String> corners = new ArrayList<>();
        for (At at : curve.at()) {
            corners.add(String.format(Locale.ROOT, "%.1f,%.1f", x(at.x()), y(at.y())));
            add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"><title>%s: %s</title></circle>",
                    x(at.x()), y(at.y()), colour, number(at.x()), number(at.y()));
        }
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                String.join(" ", corners), colour);
    }

    private double x(double value) {
        return LEFT + share(value, leastX, mostX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - share(value, leastY, mostY) * (HEIGHT - TOP - BOTTOM);
    }

    private static double share(double value, double least, double most) {
        return Math.log(value / least) / Math.log(most / least);
    }

    private static double stepAtMost(double value) {
        double step = Math.pow(10, Math.floor(Math.log10(value)));
        while (next(step) <= value) {
            step = next(step);
        }
        return step;
    }

    private static double stepAtLeast(double value) {
        double step = stepAtMost(value);
        return step >= value ? step : next(step);
    }

    /** Of 1, 2, 5, 10, 20 and so on. */
    private static double next(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step * 1.001)));
        for (double factor : STEPS) {
            if (factor * power > step * 1.001) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private void line(double x1, double y1, double x2, double y2, String colour, double width) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>",
                x1, y1, x2, y2, colour, width);
    }

    private void text(double x, double y, String anchor, String colour, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
                x, y, anchor, colour, escaped(text));
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        return value >= 1_000_000
                ? String.format(Locale.ROOT, "%sM", plain(value / 1_000_000))
                : value >= 10_000 ? String.format(Locale.ROOT, "%sk", plain(value / 1_000)) : plain(value);
    }

    private static String plain(double value) {
        return new BigDecimal(value, new MathContext(3)).stripTrailingZeros().toPlainString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
