/** What is built, looked at as a whole: which part may know which, and which parts are pure. */
@NullMarked
package io.meshlog.architecture;

import org.jspecify.annotations.NullMarked;
