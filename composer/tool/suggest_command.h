/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya suggest: which period and budget VMs need for their tasks. */
#ifndef COMPOSER_SUGGEST_COMMAND_H
#define COMPOSER_SUGGEST_COMMAND_H

/** nagaya suggest TASKS.yaml | TASK...; returns the exit status. */
int suggest_command(int argc, char **argv);

#endif
