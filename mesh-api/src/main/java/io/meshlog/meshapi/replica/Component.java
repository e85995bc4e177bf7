package io.meshlog.meshapi.replica;

/**
 * Another part of the fleet's control plane, as seen from here.
 *
 * @param state "ok", or what is wrong
 */
public record Component(String name, String state, boolean healthy) {
    /** What a component that is well is said to be. */
    public static final String OK = "ok";

    public static Component ok(String name) {
        return new Component(name, OK, true);
    }

    public static Component wrong(String name, String what) {
        return new Component(name, what, false);
    }
}
