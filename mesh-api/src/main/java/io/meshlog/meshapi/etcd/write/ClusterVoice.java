package io.meshlog.meshapi.etcd.write;

import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Statement;
import java.util.concurrent.CompletionStage;

/** Says something in a cluster's name, and brings back what the fleet decided. Safe on any thread; does not block. */
public interface ClusterVoice {
    /**
     * @param principal who says it, for the record
     * @return completes when this replica has applied what was decided
     */
    CompletionStage<Answer> say(String cluster, String principal, Statement statement);
}
