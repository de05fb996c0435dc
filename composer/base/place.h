/* SPDX-License-Identifier: Apache-2.0 */
/* Where something stands in a file of the user's. */
#ifndef COMPOSER_PLACE_H
#define COMPOSER_PLACE_H

/** A place in a file of the user's, for messages. */
struct source_location {
    const char *file;
    int line; /* 1-based; 0: the file as a whole */
};

#endif
