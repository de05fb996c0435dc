/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya-check, the program: for `nagaya check`, and for whoever trusts no other. */
#include "check.h"
#include "output_file.h"

int main(int argc, char **argv)
{
    return output_end(check_command(argc, argv));
}
