/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data folder: where hypervisor/, boards/, guests/ and linux/ lie. In the build tree that is
 * build/, the folder of the program itself; once installed, PREFIX/share/nagaya.
 */
#ifndef LIB_DATA_FOLDER_H
#define LIB_DATA_FOLDER_H

/** Takes @folder (option --data) instead of looking for one. */
void data_folder_set(const char *folder);

/** What was taken so; NULL: nothing. */
const char *data_folder_given(void);

/** The data folder; NULL if there is none. */
const char *data_folder_find(void);

/** The folder of the running program itself; NULL if the system does not say. */
const char *data_folder_of_program(void);

#endif
