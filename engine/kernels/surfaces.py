"""Functions of two variables by their codes: value, exact gradient, exact Hessian. `p` holds a surface's own numbers.

Each surface stands here once: NAME gives (f, f_x, f_y) at a point, NAME_hessian beside it (f_xx, f_xy, f_yy). To add one: a
code, these two, their branches of `gradient` and `hessian` at the end, and a row in `engine.surfaces.rows`.
"""

import numpy as np

from engine.kernels.formula import interpret
from engine.kernels.jit import entry, inner

(
    FORMULA,
    QUADRATIC,
    ROSENBROCK,
    BEALE,
    HIMMELBLAU,
    BOOTH,
    STYBLINSKI_TANG,
    CAMEL,
    RASTRIGIN,
    ACKLEY,
    GOLDSTEIN_PRICE,
    SADDLE,
    MONKEY_SADDLE,
    HILLS,
    PLATEAU,
    TINY,
) = range(16)

TWO_PI = 2.0 * np.pi
E = np.e


@inner
def quadratic(p, x, y):
    gx = p[0] * x + p[1] * y
    gy = p[1] * x + p[2] * y
    return 0.5 * (x * gx + y * gy), gx, gy


@inner
def quadratic_hessian(p, x, y):
    return p[0], p[1], p[2]


@inner
def rosenbrock(p, x, y):
    u = p[0] - x
    v = y - x * x
    return u * u + p[1] * v * v, -2.0 * u - 4.0 * p[1] * x * v, 2.0 * p[1] * v


@inner
def rosenbrock_hessian(p, x, y):
    return 2.0 + p[1] * (12.0 * x * x - 4.0 * y), -4.0 * p[1] * x, 2.0 * p[1]


@inner
def beale(p, x, y):
    u = 1.5 - x + x * y
    v = 2.25 - x + x * y * y
    w = 2.625 - x + x * y * y * y
    gx = 2.0 * (u * (y - 1.0) + v * (y * y - 1.0) + w * (y * y * y - 1.0))
    return u * u + v * v + w * w, gx, 2.0 * (u * x + 2.0 * v * x * y + 3.0 * w * x * y * y)


@inner
def beale_hessian(p, x, y):
    u = 1.5 - x + x * y
    v = 2.25 - x + x * y * y
    w = 2.625 - x + x * y * y * y
    a = y - 1.0
    b = y * y - 1.0
    c = y * y * y - 1.0
    hxy = 2.0 * (a * x + u + 2.0 * b * x * y + 2.0 * v * y + 3.0 * c * x * y * y + 3.0 * w * y * y)
    hyy = 2.0 * (x * x + 4.0 * x * x * y * y + 2.0 * v * x + 9.0 * x * x * y * y * y * y + 6.0 * w * x * y)
    return 2.0 * (a * a + b * b + c * c), hxy, hyy


@inner
def himmelblau(p, x, y):
    u = x * x + y - 11.0
    v = x + y * y - 7.0
    return u * u + v * v, 4.0 * x * u + 2.0 * v, 2.0 * u + 4.0 * y * v


@inner
def himmelblau_hessian(p, x, y):
    return 12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0


@inner
def booth(p, x, y):
    u = x + 2.0 * y - 7.0
    v = 2.0 * x + y - 5.0
    return u * u + v * v, 2.0 * u + 4.0 * v, 4.0 * u + 2.0 * v


@inner
def booth_hessian(p, x, y):
    return 10.0, 8.0, 10.0


@inner
def styblinski_tang(p, x, y):
    f = 0.5 * (((x * x - 16.0) * x + 5.0) * x + ((y * y - 16.0) * y + 5.0) * y)
    return f, (2.0 * x * x - 16.0) * x + 2.5, (2.0 * y * y - 16.0) * y + 2.5


@inner
def styblinski_tang_hessian(p, x, y):
    return 6.0 * x * x - 16.0, 0.0, 6.0 * y * y - 16.0


@inner
def camel(p, x, y):
    s = x * x
    f = (2.0 - 1.05 * s + s * s / 6.0) * s + x * y + y * y
    return f, (4.0 - 4.2 * s + s * s) * x + y, x + 2.0 * y


@inner
def camel_hessian(p, x, y):
    s = x * x
    return 4.0 - 12.6 * s + 5.0 * s * s, 1.0, 2.0


@inner
def rastrigin(p, x, y):
    f = 2.0 * p[0] + x * x + y * y - p[0] * (np.cos(TWO_PI * x) + np.cos(TWO_PI * y))
    return f, 2.0 * x + TWO_PI * p[0] * np.sin(TWO_PI * x), 2.0 * y + TWO_PI * p[0] * np.sin(TWO_PI * y)


@inner
def rastrigin_hessian(p, x, y):
    c = TWO_PI * TWO_PI * p[0]
    return 2.0 + c * np.cos(TWO_PI * x), 0.0, 2.0 + c * np.cos(TWO_PI * y)


@inner
def ackley(p, x, y):
    r = np.sqrt(0.5 * (x * x + y * y))
    a = 20.0 * np.exp(-0.2 * r)
    b = np.exp(0.5 * (np.cos(TWO_PI * x) + np.cos(TWO_PI * y)))
    q = 0.1 * a / r if r > 0.0 else 0.0
    f = (20.0 - a) + (E - b)
    return f, q * x + np.pi * np.sin(TWO_PI * x) * b, q * y + np.pi * np.sin(TWO_PI * y) * b


@inner
def ackley_hessian(p, x, y):
    r = np.sqrt(0.5 * (x * x + y * y))
    a = 2.0 * np.exp(-0.2 * r)
    b = np.exp(0.5 * (np.cos(TWO_PI * x) + np.cos(TWO_PI * y))) * np.pi * np.pi
    sx = np.sin(TWO_PI * x)
    sy = np.sin(TWO_PI * y)
    if r == 0.0:
        return np.inf, 0.0, np.inf  # the tip of a cone
    q = 0.5 / (r * r * r) + 0.1 / (r * r)
    hxx = a * (1.0 / r - q * x * x) + b * (2.0 * np.cos(TWO_PI * x) - sx * sx)
    return hxx, -a * q * x * y - b * sx * sy, a * (1.0 / r - q * y * y) + b * (2.0 * np.cos(TWO_PI * y) - sy * sy)


@inner
def goldstein_price_factors(x, y):
    """The two factors A B of f, and the first and second derivatives of each; A depends on x + y alone."""
    s = x + y
    P = 19.0 - 14.0 * s + 3.0 * s * s
    P1 = 6.0 * s - 14.0
    t = s + 1.0
    A = 1.0 + t * t * P
    A1 = 2.0 * t * P + t * t * P1
    A2 = 2.0 * P + 4.0 * t * P1 + 6.0 * t * t
    d = 2.0 * x - 3.0 * y
    Q = 18.0 - 32.0 * x + 12.0 * x * x + 48.0 * y - 36.0 * x * y + 27.0 * y * y
    Qx = 24.0 * x - 36.0 * y - 32.0
    Qy = 54.0 * y - 36.0 * x + 48.0
    B = 30.0 + d * d * Q
    Bx = 4.0 * d * Q + d * d * Qx
    By = d * d * Qy - 6.0 * d * Q
    Bxx = 8.0 * Q + 8.0 * d * Qx + 24.0 * d * d
    Bxy = 4.0 * d * Qy - 12.0 * Q - 6.0 * d * Qx - 36.0 * d * d
    Byy = 18.0 * Q - 12.0 * d * Qy + 54.0 * d * d
    return A, A1, A2, B, Bx, By, Bxx, Bxy, Byy


@inner
def goldstein_price(p, x, y):
    A, A1, _, B, Bx, By, _, _, _ = goldstein_price_factors(x, y)
    return A * B, A1 * B + A * Bx, A1 * B + A * By


@inner
def goldstein_price_hessian(p, x, y):
    A, A1, A2, B, Bx, By, Bxx, Bxy, Byy = goldstein_price_factors(x, y)
    hxy = A2 * B + A1 * (Bx + By) + A * Bxy
    return A2 * B + 2.0 * A1 * Bx + A * Bxx, hxy, A2 * B + 2.0 * A1 * By + A * Byy


@inner
def saddle(p, x, y):
    return 0.5 * (x * x - y * y) + 0.25 * p[0] * y * y * y * y, x, (p[0] * y * y - 1.0) * y


@inner
def saddle_hessian(p, x, y):
    return 1.0, 0.0, 3.0 * p[0] * y * y - 1.0


@inner
def monkey_saddle(p, x, y):
    return x * (x * x - 3.0 * y * y), 3.0 * (x * x - y * y), -6.0 * x * y


@inner
def monkey_saddle_hessian(p, x, y):
    return 6.0 * x, -6.0 * y, -6.0 * x


@inner
def hills_terms(p, x, y):
    """A bowl of curvature p[0] with p[1] Gaussians dug into it or heaped on it: height, centre and width of each follow."""
    f = 0.5 * p[0] * (x * x + y * y)
    gx = p[0] * x
    gy = p[0] * y
    hxx = p[0]
    hxy = 0.0
    hyy = p[0]
    for k in range(np.int64(p[1])):
        dx = x - p[3 + 4 * k]
        dy = y - p[4 + 4 * k]
        q = 1.0 / (p[5 + 4 * k] * p[5 + 4 * k])
        e = p[2 + 4 * k] * np.exp(-0.5 * q * (dx * dx + dy * dy))
        f += e
        gx -= e * q * dx
        gy -= e * q * dy
        hxx += e * q * (q * dx * dx - 1.0)
        hxy += e * q * q * dx * dy
        hyy += e * q * (q * dy * dy - 1.0)
    return f, gx, gy, hxx, hxy, hyy


@inner
def hills(p, x, y):
    f, gx, gy, _, _, _ = hills_terms(p, x, y)
    return f, gx, gy


@inner
def hills_hessian(p, x, y):
    _, _, _, hxx, hxy, hyy = hills_terms(p, x, y)
    return hxx, hxy, hyy


@inner
def plateau(p, x, y):
    q = 1.0 / (p[0] * p[0])
    e = np.exp(-0.5 * q * (x * x + y * y))
    return -np.expm1(-0.5 * q * (x * x + y * y)), q * x * e, q * y * e


@inner
def plateau_hessian(p, x, y):
    q = 1.0 / (p[0] * p[0])
    e = q * np.exp(-0.5 * q * (x * x + y * y))
    return e * (1.0 - q * x * x), -e * q * x * y, e * (1.0 - q * y * y)


@inner
def tiny(p, x, y):
    return 0.5 * p[0] * (x * x + y * y), p[0] * x, p[0] * y


@inner
def tiny_hessian(p, x, y):
    return p[0], 0.0, p[0]


@inner
def gradient(code, p, program, stack, x, y):
    """(f, f_x, f_y) at a point. `program` and `stack` are a formula's; its constants are in p."""
    if code == QUADRATIC:
        return quadratic(p, x, y)
    if code == ROSENBROCK:
        return rosenbrock(p, x, y)
    if code == BEALE:
        return beale(p, x, y)
    if code == HIMMELBLAU:
        return himmelblau(p, x, y)
    if code == BOOTH:
        return booth(p, x, y)
    if code == STYBLINSKI_TANG:
        return styblinski_tang(p, x, y)
    if code == CAMEL:
        return camel(p, x, y)
    if code == RASTRIGIN:
        return rastrigin(p, x, y)
    if code == ACKLEY:
        return ackley(p, x, y)
    if code == GOLDSTEIN_PRICE:
        return goldstein_price(p, x, y)
    if code == SADDLE:
        return saddle(p, x, y)
    if code == MONKEY_SADDLE:
        return monkey_saddle(p, x, y)
    if code == HILLS:
        return hills(p, x, y)
    if code == PLATEAU:
        return plateau(p, x, y)
    if code == TINY:
        return tiny(p, x, y)
    interpret(program, p, stack, x, y)
    return stack[0, 0], stack[0, 1], stack[0, 2]


@inner
def hessian(code, p, program, stack, x, y):
    """(f_xx, f_xy, f_yy) at a point."""
    if code == QUADRATIC:
        return quadratic_hessian(p, x, y)
    if code == ROSENBROCK:
        return rosenbrock_hessian(p, x, y)
    if code == BEALE:
        return beale_hessian(p, x, y)
    if code == HIMMELBLAU:
        return himmelblau_hessian(p, x, y)
    if code == BOOTH:
        return booth_hessian(p, x, y)
    if code == STYBLINSKI_TANG:
        return styblinski_tang_hessian(p, x, y)
    if code == CAMEL:
        return camel_hessian(p, x, y)
    if code == RASTRIGIN:
        return rastrigin_hessian(p, x, y)
    if code == ACKLEY:
        return ackley_hessian(p, x, y)
    if code == GOLDSTEIN_PRICE:
        return goldstein_price_hessian(p, x, y)
    if code == SADDLE:
        return saddle_hessian(p, x, y)
    if code == MONKEY_SADDLE:
        return monkey_saddle_hessian(p, x, y)
    if code == HILLS:
        return hills_hessian(p, x, y)
    if code == PLATEAU:
        return plateau_hessian(p, x, y)
    if code == TINY:
        return tiny_hessian(p, x, y)
    interpret(program, p, stack, x, y)
    return stack[0, 3], stack[0, 4], stack[0, 5]


@entry("void(i8, f8[::1], i8[:,::1], f8[:,::1], f8[:,::1], f8[:,::1])")
def surface_at(code, p, program, stack, points, out):
    """points (n, 2) -> out (n, 6): f, f_x, f_y, f_xx, f_xy, f_yy."""
    for i in range(points.shape[0]):
        x = points[i, 0]
        y = points[i, 1]
        out[i, 0], out[i, 1], out[i, 2] = gradient(code, p, program, stack, x, y)
        out[i, 3], out[i, 4], out[i, 5] = hessian(code, p, program, stack, x, y)


@entry("void(i8, f8[::1], i8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[:,::1])")
def surface_grid(code, p, program, stack, across, up, out):
    """out[j, i] = f(across[i], up[j])."""
    for j in range(up.size):
        for i in range(across.size):
            out[j, i] = gradient(code, p, program, stack, across[i], up[j])[0]
