/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data folder: where hypervisor/, boards/, guests/ and linux/ lie. In the build tree that is build/, the
 * folder of the program itself; once installed, PREFIX/share/nagaya.
 */
#ifndef COMPOSER_DATA_FOLDER_H
#define COMPOSER_DATA_FOLDER_H

/** Takes @folder (option --data) instead of looking for one. */
void data_folder_set(const char *folder);

/** The data folder. Ends the program if there is none. */
const char *data_folder(void);

/** The same; NULL if there is none. */
const char *data_folder_find(void);

/** The path of @name inside the data folder. */
const char *data_path(const char *name);

#endif
