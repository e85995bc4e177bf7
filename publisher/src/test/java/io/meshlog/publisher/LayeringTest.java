package io.meshlog.publisher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LayeringTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.meshlog.publisher");

    @Test
    void theRulesArePure() {
        noClasses()
                .that()
                .resideInAnyPackage("..publisher.export..", "..publisher.k8s..", "..publisher.outbox..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio..",
                        "java.net..",
                        "org.apache.kafka..",
                        "io.grpc..",
                        "io.fabric8..",
                        "io.netty..",
                        "org.slf4j..",
                        "org.snakeyaml..",
                        "io.meshlog.schemas..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(InstantSource.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CLASSES);
    }

    @Test
    void theExportKnowsOnlyObjectsAndTheModel() {
        classes()
                .that()
                .resideInAPackage("..publisher.export..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "org.jspecify..",
                        "io.meshlog.events.model..",
                        "io.meshlog.publisher.k8s",
                        "io.meshlog.publisher.export..")
                .check(CLASSES);
    }

    @Test
    void sourceAndTransportDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("..publisher.source..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..publisher.export..", "..publisher.outbox..", "..publisher.grpc..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("..publisher.grpc..", "..publisher.outbox..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..publisher.source..", "..publisher.k8s..")
                .check(CLASSES);
    }
}
