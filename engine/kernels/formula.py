"""A learner's formula as a postfix program, with exact first and second derivatives in forward mode.

An entry of the stack is (f, f_x, f_y, f_xx, f_xy, f_yy); `program[i]` is (code, operand). See `engine.surfaces.formula`.
"""

import numpy as np

from engine.kernels.jit import inner

CONSTANT, X, Y, NEGATE, ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, POWER_CONSTANT = range(10)
SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH, EXP, LOG, SQRT, ABS = range(10, 23)
WIDTH = 6


@inner
def through(s, f, d1, d2):
    """Chain rule: a function with value f and derivatives d1, d2 at s[0], put over the entry s in place."""
    s[3] = d1 * s[3] + d2 * s[1] * s[1]
    s[4] = d1 * s[4] + d2 * s[1] * s[2]
    s[5] = d1 * s[5] + d2 * s[2] * s[2]
    s[1] *= d1
    s[2] *= d1
    s[0] = f


@inner
def times(a, b):
    """a <- a b."""
    a[3] = a[3] * b[0] + 2.0 * a[1] * b[1] + a[0] * b[3]
    a[4] = a[4] * b[0] + a[1] * b[2] + a[2] * b[1] + a[0] * b[4]
    a[5] = a[5] * b[0] + 2.0 * a[2] * b[2] + a[0] * b[5]
    a[1] = a[1] * b[0] + a[0] * b[1]
    a[2] = a[2] * b[0] + a[0] * b[2]
    a[0] = a[0] * b[0]


@inner
def invert(s):
    r = 1.0 / s[0]
    through(s, r, -r * r, 2.0 * r * r * r)


@inner
def to_constant(s, k):
    """s <- s^k for a constant k; a derivative that is 0 for that k is not 0 x infinity."""
    u = s[0]
    d1 = k * u ** (k - 1.0) if k != 0.0 else 0.0
    d2 = k * (k - 1.0) * u ** (k - 2.0) if k != 0.0 and k != 1.0 else 0.0
    through(s, u**k, d1, d2)


@inner
def logarithm(s):
    r = 1.0 / s[0]
    through(s, np.log(s[0]) if s[0] > 0.0 else np.nan, r, -r * r)


@inner
def function(code, s):
    """s <- the function of that code, of s."""
    u = s[0]
    if code == SIN:
        through(s, np.sin(u), np.cos(u), -np.sin(u))
    elif code == COS:
        through(s, np.cos(u), -np.sin(u), -np.cos(u))
    elif code == TAN:
        t = np.tan(u)
        through(s, t, 1.0 + t * t, 2.0 * t * (1.0 + t * t))
    elif code == ASIN:
        r = 1.0 / np.sqrt(1.0 - u * u)
        through(s, np.arcsin(u), r, u * r * r * r)
    elif code == ACOS:
        r = 1.0 / np.sqrt(1.0 - u * u)
        through(s, np.arccos(u), -r, -u * r * r * r)
    elif code == ATAN:
        r = 1.0 / (1.0 + u * u)
        through(s, np.arctan(u), r, -2.0 * u * r * r)
    elif code == SINH:
        through(s, np.sinh(u), np.cosh(u), np.sinh(u))
    elif code == COSH:
        through(s, np.cosh(u), np.sinh(u), np.cosh(u))
    elif code == TANH:
        t = np.tanh(u)
        through(s, t, 1.0 - t * t, -2.0 * t * (1.0 - t * t))
    elif code == EXP:
        e = np.exp(u)
        through(s, e, e, e)
    elif code == LOG:
        logarithm(s)
    elif code == SQRT:
        r = np.sqrt(u)
        through(s, r, 0.5 / r, -0.25 / (r * u))
    elif code == ABS:
        through(s, abs(u), 1.0 if u > 0.0 else (-1.0 if u < 0.0 else 0.0), 0.0)


@inner
def interpret(program, constants, stack, x, y):
    """Run a program; stack[0] becomes (f, f_x, f_y, f_xx, f_xy, f_yy) at (x, y)."""
    top = -1
    for i in range(program.shape[0]):
        code = program[i, 0]
        if code <= Y:
            top += 1
            s = stack[top]
            for k in range(1, WIDTH):
                s[k] = 0.0
            s[0] = constants[program[i, 1]] if code == CONSTANT else (x if code == X else y)
            if code != CONSTANT:
                s[code] = 1.0
        elif code == NEGATE:
            s = stack[top]
            for k in range(WIDTH):
                s[k] = -s[k]
        elif code <= POWER:
            top -= 1
            a = stack[top]
            b = stack[top + 1]
            if code == ADD:
                for k in range(WIDTH):
                    a[k] += b[k]
            elif code == SUBTRACT:
                for k in range(WIDTH):
                    a[k] -= b[k]
            elif code == MULTIPLY:
                times(a, b)
            elif code == DIVIDE:
                invert(b)
                times(a, b)
            else:  # a^b = e^(b log a)
                logarithm(a)
                times(a, b)
                e = np.exp(a[0])
                through(a, e, e, e)
        elif code == POWER_CONSTANT:
            to_constant(stack[top], constants[program[i, 1]])
        else:
            function(code, stack[top])
