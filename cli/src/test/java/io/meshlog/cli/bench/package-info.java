/** What the measuring itself does right or wrong; a whole run is measured against a real fleet, in the integration tests. */
package io.meshlog.cli.bench;
