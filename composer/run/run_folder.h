/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for the files of one run. It goes with the program; if that was killed, with the next
 * run. */
#ifndef COMPOSER_RUN_FOLDER_H
#define COMPOSER_RUN_FOLDER_H

/** The path of a file @name in this run's folder, which is made at the first call. */
const char *run_folder_file(const char *name);

#endif
