/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya compose. */
#ifndef COMPOSER_COMPOSE_COMMAND_H
#define COMPOSER_COMPOSE_COMMAND_H

/** nagaya compose SYSTEM.yaml -o IMAGE; returns the exit status. */
int compose_command(int argc, char **argv);

#endif
