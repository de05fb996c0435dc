/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the data folder (data_folder.h). */
#ifndef COMPOSER_DATA_PATH_H
#define COMPOSER_DATA_PATH_H

/** The data folder. Ends the program if there is none. */
const char *data_folder(void);

/** The path of @name inside the data folder. */
const char *data_path(const char *name);

#endif
