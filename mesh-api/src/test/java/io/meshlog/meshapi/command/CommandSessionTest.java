package io.meshlog.meshapi.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.gateway.GatewayBench;
import io.meshlog.meshapi.gateway.GatewayLimits;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CommandSessionTest {
    private final GatewayBench bench = GatewayBench.ofTwoClusters(GatewayLimits.DEFAULT);
    private final CommandSession session = new CommandSession(
            CommandSession.commander("gw-0"),
            new CommandSession.Bounds(2, 10_000),
            bench,
            bench.eventLog,
            bench.traces,
            bench.tasks::add,
            new CommandSession.Clocks(() -> bench.nowMs, bench::newId));

    @BeforeEach
    void open() {
        session.tick();
        bench.decide();
    }

    private CompletableFuture<Answer> give(Statement statement) {
        CompletableFuture<Answer> answer =
                session.give("operator/jo", statement).toCompletableFuture();
        bench.run();
        return answer;
    }

    private static Statement admit(String name, int id) {
        return new Statement.Admit(GatewayBench.cluster(name, id));
    }

    @Test
    void command_isAnsweredByTheFold_inTheOperatorsName() {
        // when
        CompletableFuture<Answer> answer = give(admit("edge", 3));

        // then
        assertThat(answer).isNotDone();
        bench.decide();
        assertThat(answer.join().code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(bench.log.getLast().sender().principal()).isEqualTo("operator/jo");
        assertThat(bench.log.getLast().sender().cluster()).isNull();
        assertThat(bench.log.getLast().sender().writer()).isEqualTo("gateway-gw-0");
    }

    @Test
    void commandsOfOneBatch_haveTheirOwnAnswers() {
        // when
        CompletableFuture<Answer> same = give(admit("eastus", 1));
        CompletableFuture<Answer> conflict = give(admit("edge", 1));
        bench.decide();

        // then
        assertThat(same.join().code()).isEqualTo(AnswerCode.UNCHANGED);
        assertThat(conflict.join().code()).isEqualTo(AnswerCode.REFUSED);
        assertThat(conflict.join().message()).contains("eastus");
    }

    @Test
    void commandsBeyondTheLimit_areOverloaded() {
        // given
        assertThat(give(admit("a", 3))).isNotDone();
        assertThat(give(admit("b", 4))).isNotDone();

        // then
        assertThatThrownBy(give(admit("c", 5))::join).hasMessageContaining("2 commands wait");
    }

    @Test
    void anotherOfTheSameName_takesTheSession_andItIsOpenedAgain() {
        // given
        CompletableFuture<Answer> waiting = give(admit("edge", 3));
        bench.log.removeLast();

        // when
        bench.say(null, "gateway-gw-0", 2, 0, new Statement.OpenSession(new UUID(3, 3)));
        bench.decide();

        // then
        assertThatThrownBy(waiting::join).hasMessageContaining("not known");
        assertThatThrownBy(give(admit("edge", 3))::join).hasMessageContaining("another process");
        bench.nowMs += CommandSession.RETRY_MS;
        session.tick();
        bench.decide();
        CompletableFuture<Answer> again = give(admit("edge", 3));
        bench.decide();
        assertThat(again.join().code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(bench.session(ResourceKey.session(null, "gateway-gw-0")).epoch())
                .isEqualTo(3);
    }

    @Test
    void failedAppend_losesTheSession() {
        // given
        bench.failAppends = true;

        // then
        assertThatThrownBy(give(admit("edge", 3))::join).hasMessageContaining("the broker is gone");
    }

    @Test
    void undecidedCommand_endsInWords() {
        // given
        CompletableFuture<Answer> waiting = give(admit("edge", 3));

        // when
        bench.nowMs += 10_000;
        session.tick();
        bench.run();

        // then
        assertThatThrownBy(waiting::join).hasMessageContaining("projector");
    }

    @Test
    void stop_answersThoseWhoWait() {
        // given
        CompletableFuture<Answer> waiting = give(admit("edge", 3));

        // when
        session.stop();
        bench.run();

        // then
        assertThatThrownBy(waiting::join).hasMessageContaining("stopping");
    }
}
