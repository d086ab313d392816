/// PNG pictures in base64, written by Python's zlib.
enum Pictures {
  /// The gradient with each of the five filters, 8 bits, red, green, blue and opacity.
  static let filtered = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKCAYAAACuaZ5oAAABDUlEQVR42r3RK1NCURSG4cXlcDlc1a2OhWI5xUKxUCwUC8VyiuUr
    FoqF6JDJZDKZTCaTyfyN5XuYXS0MGJ6yw17zzmdm5ikCBsgwxAhjTJBDmGKGORZYYoU1Nthihz0OOKJkoThQsmspc8AslFBGBVUk
    qKGOBpqgM7TQRgdd9NDHDW5xBz4M93jAo1Uss58kLVuSVqJqlES1qB41omaURq2oHXVOqqcCUowY457xdFliAyUelPpAPc8UfKgn
    H2ngYz37RJnnenFp6FO9+kwjn+vNFxr7Uu++0sTX+vCNct/q03eS7/XlB039qG9GnhUj1+xa/mHkvBj5MoMmaTfqRf2/RqaAPDMK
    jAJrnu0XEBVmE9b87mQAAAAASUVORK5CYII=
    """

  /// The same pixels without filters, in stored blocks.
  static let uncompressed = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKCAYAAACuaZ5oAAAD1UlEQVR4AQHKAzX8AAAAAP8KAAD/FAAA/x4AAP8oAAD/MgAA/zwA
    AP9GAAD/UAAA/1oAAP9kAAD/bgAA/3gAAP+CAAD/jAAA/5YAAP+gAAD/qgAA/7QAAP++AAD/yAAA/9IAAP/cAAD/5gAA/wAAFAD/
    ChQB/xQUAv8eFAP/KBQE/zIUBf88FAb/RhQH/1AUCP9aFAn/ZBQK/24UC/94FAz/ghQN/4wUDv+WFA//oBQQ/6oUEf+0FBL/vhQT
    /8gUFP/SFBX/3BQW/+YUF/8AACgA/wooAv8UKAT/HigG/ygoCP8yKAr/PCgM/0YoDv9QKBD/WigS/2QoFP9uKBb/eCgY/4IoGv+M
    KBz/lige/6AoIP+qKCL/tCgk/74oJv/IKCj/0igq/9woLP/mKC7/AAA8AP8KPAP/FDwG/x48Cf8oPAz/MjwP/zw8Ev9GPBX/UDwY
    /1o8G/9kPB7/bjwh/3g8JP+CPCf/jDwq/5Y8Lf+gPDD/qjwz/7Q8Nv++PDn/yDw8/9I8P//cPEL/5jxF/wAAUAD/ClAE/xRQCP8e
    UAz/KFAQ/zJQFP88UBj/RlAc/1BQIP9aUCT/ZFAo/25QLP94UDD/glA0/4xQOP+WUDz/oFBA/6pQRP+0UEj/vlBM/8hQUP/SUFT/
    3FBY/+ZQXP8AAGQA/wpkBf8UZAr/HmQP/yhkFP8yZBn/PGQe/0ZkI/9QZCj/WmQt/2RkMv9uZDf/eGQ8/4JkQf+MZEb/lmRL/6Bk
    UP+qZFX/tGRa/75kX//IZGT/0mRp/9xkbv/mZHP/AAB4AP8KeAb/FHgM/x54Ev8oeBj/Mnge/zx4JP9GeCr/UHgw/1p4Nv9keDz/
    bnhC/3h4SP+CeE7/jHhU/5Z4Wv+geGD/qnhm/7R4bP++eHL/yHh4/9J4fv/ceIT/5niK/wAAjAD/CowH/xSMDv8ejBX/KIwc/zKM
    I/88jCr/Rowx/1CMOP9ajD//ZIxG/26MTf94jFT/goxb/4yMYv+WjGn/oIxw/6qMd/+0jH7/voyF/8iMjP/SjJP/3Iya/+aMof8A
    AKAA/wqgCP8UoBD/HqAY/yigIP8yoCj/PKAw/0agOP9QoED/WqBI/2SgUP9uoFj/eKBg/4KgaP+MoHD/lqB4/6CggP+qoIj/tKCQ
    /76gmP/IoKD/0qCo/9ygsP/moLj/AAC0AP8KtAn/FLQS/x60G/8otCT/MrQt/zy0Nv9GtD//ULRI/1q0Uf9ktFr/brRj/3i0bP+C
    tHX/jLR+/5a0h/+gtJD/qrSZ/7S0ov++tKv/yLS0/9K0vf/ctMb/5rTP//B939SgpNJtAAAAAElFTkSuQmCC
    """

  /// The gradient with a red that is brighter by one.
  static let brighter = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKCAYAAACuaZ5oAAAC0ElEQVR4AQ3NwWtcRQDA4aRN0yRdk7jOq6sN2dguOhsaiT6JEWZJ
    LdoNqGUeRCh5gkVnxUJxiyLOXoKwiiKzUPCw6mmeJ+FdPMyCF9mbsCcPe97z+zN+ncN3/paWl5a4FiVRM2pHadSJulEW5VEv6keD
    aBiNonFURGU0iabRLJpHi6iKlpZFDMQyibhEU1ymLVZIxRU6YpWuuEom1sjFOj2xQV9cYyBqDMVzjMQmY7FFIbYpxfNMRJ2peIGZ
    EMxFwkJcpxIvxkDGQF4ikSs05SptuUYqN+jIGl25SSa3yWWdnhT05XUGssFQvsxI7jCWuxRyj1LeZCJbTOWrzKRkLvdZyNtU8vUY
    qBioyyRqlaZap61qpGqLjqrTVQmZapCrG/TULn31CgPVYqheY6T2GasDCnVIqVIm6oipeoeZUszVCQt1l0q9HwMdA71Cotdo6hpt
    vU2qBR3doKt3yPQeuW7R05K+vs1AHzLUbzHSx4y1otB3KPV7TPQpU/0hM62Z6zMW+gGV/iQGJgbmConZoGm2aBtBal6iY3bpmltk
    RpKbA3rmTfrmbQZGMTTvMjL3GJsPKIymNB8zMedMzafMjGFuHrEwX1GZb2JgY2BXSWyNpq3Ttg1Su0vHtujafTJ7SG6P6FlF395l
    YE8Z2vuM7Blje05hH1LaL5jYx0zt18ysZW4vWNgfqOwvMXAxcFdJ3CZNl9B2O6TuFh23T9e9QeaOyd0JPXePvvuIgTtj6HJG7jPG
    7hGFe0LpvmPiLpi6H5k5x9z9ysL9QeWKGPgY+DUSv03TN2j7PVIv6fhDuv6YzN8h96f0vKbvHzDwDxn6Lxn5J4y9pfDfU/qfmfin
    TP1vzLxn7v9i4f+m8v/EIMQgrJOEOs1wg3ZokYYDOuGIbjghC6fkIaMXzumHzxmExwzDt4zCBePwE0V4Shl+ZxL+ZBpKZiEwD/+y
    CP9Rhf95Briz4MRiXeEWAAAAAElFTkSuQmCC
    """

  /// The same pixels as the gradient without opacity.
  static let opaque = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKCAIAAAAhCwk/AAAA+0lEQVR42q3Rr1cCURDF8e+y+xb28WNRRz0WimWLhWKhWLZYKJYt
    llssFAuZTCaTyWQymUzm7/DxqsUjnPMJk+bcuQPgwWAEFYxhAjVMoQHBDOawgCWsYA0b2MIO9nCAI5wgCTs8yeVa5zAW1oUhxTLM
    YTnWxjpYgXmsi/WwPjbASmyI3WC32B1m2D32gD2m4R7nW86nURa5KI/aUScqIh91o17UD7JzonAgLUghu4DwciY/UlnJxnqaaFTr
    eaqq0Ys0nul1rslCb0vVK72vNd3oY6tmp8+9dNDXUbOTvpPwEk9+uSuW3fC/dp0fRGU0/F22gxza0IHi734AqigzRVMJwyAAAAAA
    SUVORK5CYII=
    """

  /// The gradient whose right half is black.
  static let black = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKCAYAAACuaZ5oAAABWElEQVR42p3NMU5bQRCAYQeMsR0LLGuIHIFWRFCMEEjkFYRiJKIU
    K5pIky56bbZ+9R5iD7GH2Pv92Svwiq/+FovFgm0nXei0GzrrYufd2KVu6hYfJj2QT4icEOQUlSWDnGGyIso5LmtG2ZBkyySfZwTa
    Az1BdEnQFaprBt1iuiPqBa57Rj2QVJj0y4zAemCniK0ItkFtx2CXmB2IdoXbkdGuSRaY7NuMwHvgS8TXBN+hvmdwwfxI9Bvcbxn9
    nuTK5I8zgtSDdIakLSFdokkY0lcsBWK6w5MypidSGpjSjxlB7kFeIXlHyAc0HxlywPI9MT/g+Zkxv5CyMeVfM4LSg3KOlAtCuULL
    DUO5w8oDsXzHyytjeSOVyFR+zwhqD+oaqXtCPaL1lqEqVp+J9RWvPxnrO6k6U/07I2g9aBukHQjtGm33DO0Jay/E9oa3d8b2h9RG
    pvbvw8F/cb8+sstkeDMAAAAASUVORK5CYII=
    """

  /// The gradient with one more row.
  static let higher = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAALCAYAAABlNU3NAAACs0lEQVR42rXTQWseRRyA8dc2TZP4msTXSX21YYk26BAaiavECAOp
    RZeAWkaIUFbBooNYKEtRxDkFWRRF5lAQFvU0epL14mEOXtyj7E3Y8573azz+v4SH3/k5PbPZbMaGUCITWuTCiEJYUQonKuFFLYJo
    RBStSKITvRjEKCYxmykJqMdQ6hKZuoxWK+TqCkatUqirWLVGqdZxaoNKPY5Xc2r1BEFt0qgtotqmVU+S1IJOPUWvFIPaYVTXmNTT
    EtAS0JdQeoVMr6L1GrnewOg5hd7E6m1KvcBpRaWv4fWSWj9L0Ls0OiPqPVr9PEnv0+kX6LVm0AeM+iaTfkkCRgLmMsqskpl1tJmT
    my2MWVCYHaxZUprrOJNRmefwZp/avEgwBzTmkGiOaM0rJHNMZ16nN4bBnDKa20zmLQlYCdgVlF0js3O03Sa3CmOXFHYXa/co7T7O
    aip7E2+PqO2rBHtCYw3R3qK1b5LsGZ19h95aBnvOaO8y2Q8l4CTgrqDcBpnbQjtF7p7BuIzC3cA6TekOcS6ncq/hnaF2bxBcQePe
    JjpL694nuZLOfUTvHIO7z+gqJveFBLwE/CrKz8n8Au2X5D7D+H0Kf4D1R5T+GOcNlb+N92fU/g7Bn9P4kujv0fpPSf4Bnf+c3nsG
    f8Hov2HyP0ggSCBcRYVNsrCDDrvk4QYmHFCEl7HhhDKc4kJBFd7Fh3Pq8AEhfEwT7hPDQ9rwFSlc0IVv6UNgCD8yhl+Ywq8SiBKI
    a6i4TRaX6LhHHjUmHlHEE2y8RRnPcNFSxbv4eI86fkaID2miJ8avaeP3pPiILv5EHyND/J0x/skU/5JAkkBaR6UFWbqOTvvk6RCT
    jinSKTadUab3cKmkSp/g0wPq9CUhXdCk74jpEW36mZR+o0t/0KfEkP5mTP8wpX8l8D+f/B+QHgKTMLp2DgAAAABJRU5ErkJggg==
    """

  /// Greys of a palette with 4 bits per pixel.
  static let palette = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKBAMAAABcR4NbAAAAMFBMVEUAAAAREREiIiIzMzNERERVVVVmZmZ3d3eIiIiZmZmqqqq7
    u7vMzMzd3d3u7u7///97EBgKAAAAFklEQVR42mNgVHZN71x99j2IZhgIDgCC2y2hb0eAOgAAAABJRU5ErkJggg==
    """

  /// The same greys without a palette.
  static let gray = """
    iVBORw0KGgoAAAANSUhEUgAAABgAAAAKBAAAAABO8iy1AAAAFklEQVR42mNgVHZN71x99j2IZhgIDgCC2y2hb0eAOgAAAABJRU5E
    rkJggg==
    """
}
