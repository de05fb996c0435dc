/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the data folder, without which nothing can be done. */
#include "data_path.h"

#include "data_folder.h"
#include "diagnostics.h"
#include "memory.h"

const char *data_folder(void)
{
    const char *folder = data_folder_find();
    const char *program = data_folder_of_program();

    if (folder != NULL) {
        return folder;
    }
    if (program == NULL) {
        fatal("cannot find out where nagaya itself lies (/proc/self/exe); give --data DIR");
    }
    fatal("no data folder: neither %s nor ../share/nagaya beside it has boards/; run make, or give "
          "--data DIR",
          program);
}

const char *data_path(const char *name)
{
    return text_format("%s/%s", data_folder(), name);
}
