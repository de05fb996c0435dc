/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instruction or register for each field of the feature registers that promises one (Arm DDI 0487, D23.2). A row of
 * the table `probes`: name, code, feature register (CRm times 8 and op2), lowest bit of the field, least value.
 */
    .arch armv8.7-a+crypto+sha3+sm4+fp16fml+rng+sve2+sve2-aes+sve2-sha3+sve2-sm4+sve2-bitperm+bf16+i8mm+f32mm+f64mm+predres+profile
    .section .rodata.names, "a"
    .text

    .macro probe name, crm, op2, shift, least, code:vararg
    .pushsection .rodata.names
77: .asciz  "\name"
    .popsection
88: \code
    ret
    .pushsection .data.rel.probes, "aw"
    .balign 8
    .quad   77b, 88b
    .word   \crm * 8 + \op2, \shift, \least, 0
    .popsection
    .endm

    .pushsection .data.rel.probes, "aw"
    .balign 8
    .global probes
    .hidden probes
probes:
    .popsection

    /* x0: address of 64 bytes; x1, x2, x3: 0 */
    probe FP,           4, 0, 16, 0, fadd d0, d0, d0
    probe FP16,         4, 0, 16, 1, fadd h0, h0, h0
    probe AdvSIMD,      4, 0, 20, 0, add v0.4s, v0.4s, v0.4s
    probe GIC,          4, 0, 24, 1, mrs x0, s3_0_c12_c12_5
    probe SVE,          4, 0, 32, 1, rdvl x0, #1
    probe DIT,          4, 0, 48, 1, mrs x0, dit
    probe CSV2-EL0,     4, 0, 56, 2, mrs x0, scxtnum_el0
    probe CSV2-EL1,     4, 0, 56, 2, mrs x0, scxtnum_el1
    probe BT,           4, 1, 0, 1, bti j
    probe SSBS,         4, 1, 4, 2, mrs x0, ssbs
    probe CSV2_frac,    4, 1, 32, 2, mrs x0, scxtnum_el0
    probe SVE2,         4, 4, 0, 1, sqdmulh z0.b, z0.b, z0.b
    probe SVE-AES,      4, 4, 4, 1, aese z0.b, z0.b, z1.b
    probe SVE-PMULL,    4, 4, 4, 2, pmullb z0.q, z0.d, z0.d
    probe SVE-BitPerm,  4, 4, 16, 1, bext z0.b, z0.b, z0.b
    probe SVE-BF16,     4, 4, 20, 1, bfdot z0.s, z0.h, z0.h
    probe SVE-SHA3,     4, 4, 32, 1, rax1 z0.d, z0.d, z0.d
    probe SVE-SM4,      4, 4, 40, 1, sm4e z0.s, z0.s, z1.s
    probe SVE-I8MM,     4, 4, 44, 1, smmla z0.s, z0.b, z0.b
    probe SVE-F32MM,    4, 4, 52, 1, fmmla z0.s, z0.s, z0.s
    probe SVE-F64MM,    4, 4, 56, 1, fmmla z0.d, z0.d, z0.d
    probe DebugVer,     5, 0, 0, 6, mrs x0, dbgbcr0_el1
    probe DebugVer-OS,  5, 0, 0, 6, mrs x0, oslsr_el1
    probe PMUVer,       5, 0, 8, 1, mrs x0, pmccntr_el0
    probe AES,          6, 0, 4, 1, aese v0.16b, v0.16b
    probe PMULL,        6, 0, 4, 2, pmull v0.1q, v0.1d, v0.1d
    probe SHA1,         6, 0, 8, 1, sha1h s0, s0
    probe SHA256,       6, 0, 12, 1, sha256su0 v0.4s, v0.4s
    probe SHA512,       6, 0, 12, 2, sha512su0 v0.2d, v0.2d
    probe CRC32,        6, 0, 16, 1, crc32b w1, w1, w1
    probe Atomic,       6, 0, 20, 2, ldadd x1, x1, [x0]
    probe RDM,          6, 0, 28, 1, sqrdmlah v0.4s, v0.4s, v0.4s
    probe SHA3,         6, 0, 32, 1, eor3 v0.16b, v0.16b, v0.16b, v0.16b
    probe SM3,          6, 0, 36, 1, sm3ss1 v0.4s, v0.4s, v0.4s, v0.4s
    probe SM4,          6, 0, 40, 1, sm4e v0.4s, v0.4s
    probe DP,           6, 0, 44, 1, udot v0.4s, v0.16b, v0.16b
    probe FHM,          6, 0, 48, 1, fmlal v0.4s, v0.4h, v0.4h
    probe TS,           6, 0, 52, 1, cfinv
    probe TS2,          6, 0, 52, 2, axflag
    probe TLB-OS,       6, 0, 56, 1, tlbi vmalle1os
    probe TLB-range,    6, 0, 56, 2, tlbi rvae1, xzr
    probe RNDR,         6, 0, 60, 1, mrs x0, rndr
    probe DPB,          6, 1, 0, 1, dc cvap, x0
    probe DPB2,         6, 1, 0, 2, dc cvadp, x0
    probe APA,          6, 1, 4, 1, pacia x1, x2
    probe APA-key,      6, 1, 4, 1, mrs x0, apiakeylo_el1
    probe API,          6, 1, 8, 1, pacia x1, x2
    probe JSCVT,        6, 1, 12, 1, fjcvtzs w0, d0
    probe FCMA,         6, 1, 16, 1, fcmla v0.4s, v0.4s, v0.4s, #0
    probe LRCPC,        6, 1, 20, 1, ldapr x1, [x0]
    probe LRCPC2,       6, 1, 20, 2, ldapur x1, [x0, #8]
    probe GPA,          6, 1, 24, 1, pacga x0, x0, x0
    probe GPI,          6, 1, 28, 1, pacga x0, x0, x0
    probe FRINTTS,      6, 1, 32, 1, frint32z d0, d0
    probe SB,           6, 1, 36, 1, sb
    probe SPECRES,      6, 1, 40, 1, cfp rctx, x1
    probe BF16,         6, 1, 44, 1, bfdot v0.4s, v0.8h, v0.8h
    probe DGH,          6, 1, 48, 1, dgh
    probe I8MM,         6, 1, 52, 1, smmla v0.4s, v0.16b, v0.16b
    probe XS,           6, 1, 56, 1, sys #0, c9, c7, #0         /* tlbi vmalle1nxs */
    probe WFxT-event,   6, 2, 0, 1, wfet x1
    probe WFxT,         6, 2, 0, 1, wfit x1
    probe GPA3,         6, 2, 8, 1, pacga x0, x0, x0
    probe APA3,         6, 2, 12, 1, pacia x1, x2
    probe BC,           6, 2, 20, 1, .inst 0x54000030       /* bc.eq .+4 */
    probe CLRBHB,       6, 2, 28, 1, hint #22
    probe CSSC,         6, 2, 52, 1, .inst 0xdac02000       /* abs x0, x0 */
    probe PAN,          7, 1, 20, 1, msr pan, #0
    probe PAN2,         7, 1, 20, 2, at s1e1rp, x0
    probe UAO,          7, 2, 4, 1, msr uao, #0
    probe CCIDX,        7, 2, 20, 1, mrs x0, s3_1_c0_c0_2
    probe TTL,          7, 2, 48, 1, tlbi vmalle1

    .pushsection .data.rel.probes, "aw"
    .quad   0, 0, 0, 0
    .popsection
