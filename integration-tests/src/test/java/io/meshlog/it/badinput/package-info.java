/** What nobody should send is sent by the thousand, from seeds that are printed. */
package io.meshlog.it.badinput;
