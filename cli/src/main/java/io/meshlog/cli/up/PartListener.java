package io.meshlog.cli.up;

/** Is told where a part stands, on the part's own thread. */
interface PartListener {
    void onState(String part, PartState state);
}
