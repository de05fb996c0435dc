/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest whose stack ends before the program does. The boot argument how=N says by what: 0 a
 * function that calls itself; 1 a variable larger than the stack; 2 a function that calls itself,
 * on another CPU; 3 an interrupt handler; 4 a stack pointer that points nowhere; 5 one that isn't
 * aligned; 6 a function that calls itself, and an exception handler that would go on; 7 an
 * interrupt with little stack left; 8 none: a stack of the program's own is enough.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/machine.h"

#define SGI 1U

extern char main_stack[]; /* guests/kit/kit.ld: its lowest byte */

static char own_stack[16384] __attribute__((aligned(16)));
static volatile unsigned depth;

static unsigned call_itself(void)
{
    volatile char buffer[200];

    buffer[0] = (char)depth++;
    return depth == 0 ? 0 : call_itself() + (unsigned char)buffer[0];
}

static unsigned large_variable(void)
{
    char buffer[400000];

    memset(buffer, (int)depth, sizeof(buffer));
    __asm__ volatile("" : : "r"(buffer) : "memory");
    return (unsigned char)buffer[depth];
}

static void on_other_cpu(void *context)
{
    (void)context;
    printf("overflow: %u\n", call_itself());
}

static void handle(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    printf("overflow: %u\n", call_itself());
}

static bool go_on(struct exception_frame *frame)
{
    frame->pc += 4;
    return true;
}

static void undefined_on_stack(uint64_t sp)
{
    __asm__ volatile("mov x19, sp\n\tmov sp, %0\n\tudf #0\n\tmov sp, x19"
                     :
                     : "r"(sp)
                     : "x19", "memory");
}

int main(void)
{
    uint64_t how = machine_argument("how", 0);

    switch (how) {
    case 0:
        return (int)call_itself();
    case 1:
        return (int)large_variable();
    case 2:
        cpu_start(1, on_other_cpu, NULL);
        for (;;) {
            cpu_wait_for_interrupt();
        }
    case 3:
        gic_set_handler(SGI, handle, NULL);
        gic_enable(SGI);
        gic_send_sgi(SGI, machine()->cpus[0]);
        cpu_interrupts_enable();
        break;
    case 4:
        undefined_on_stack(UINT64_C(1) << 40);
        break;
    case 5:
        undefined_on_stack((uint64_t)own_stack + sizeof(own_stack) - 8);
        break;
    case 6:
        exception_set_handler(go_on);
        return (int)call_itself();
    case 7:
        gic_enable(SGI);
        gic_send_sgi(SGI, machine()->cpus[0]);
        __asm__ volatile("mov sp, %0\n\tmsr daifclr, #3\n\tisb"
                         :
                         : "r"(main_stack + 256)
                         : "memory");
        break;
    default:
        exception_set_handler(go_on);
        undefined_on_stack((uint64_t)own_stack + sizeof(own_stack));
        if (how == 8) {
            printf("overflow: went on\n");
        } else {
            printf("overflow: 0x%" PRIx64 "\n", how);
        }
    }
    return 0;
}
