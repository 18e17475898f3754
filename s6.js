function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        da: (arg0) => {
            const v = getObject(arg0);
            const ret = typeof(v) === 'boolean' ? v : undefined;
            return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;
        },
        vc: (arg0) => {
            return !getObject(arg0);
        },
        Bc: (arg0) => {
            return typeof(getObject(arg0)) === 'function';
        },
        Ac: (arg0) => {
            const val = getObject(arg0);
            return typeof(val) === 'object' && val !== null;
        },
        d: (arg0) => {
            return typeof(getObject(arg0)) === 'string';
        },
        m: (arg0) => {
            return getObject(arg0) === undefined;
        },
        ca: (arg0, arg1) => {
            return getObject(arg0) === getObject(arg1);
        },
        zc: (arg0, arg1) => {
            const obj = getObject(arg1);
            const ret = typeof(obj) === 'number' ? obj : undefined;
            getDataViewMemory0().setFloat64(arg0 + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, !isLikeNone(ret), true);
        },
        yc: (arg0, arg1) => {
            const obj = getObject(arg1);
            const ret = typeof(obj) === 'string' ? obj : undefined;
            giveString(arg0, ret);
        },
        xc: (arg0, arg1) => {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        t: (arg0) => {
            getObject(arg0)._wbg_cb_unref();
        },
        ha: (arg0) => {
            getObject(arg0).abort();
        },
        Gc: (arg0) => {
            return addIfAny(getObject(arg0).activeElement);
        },
        Yc: handleError((arg0, arg1, arg2, arg3) => {
            getObject(arg0).addEventListener(getStringFromWasm0(arg1, arg2), getObject(arg3));
}),
        Vb: handleError((arg0, arg1, arg2) => {
            getObject(arg0).add(getStringFromWasm0(arg1, arg2));
}),
        V: (arg0) => {
            return getObject(arg0).altKey;
        },
        vd: handleError((arg0, arg1) => {
            return addHeapObject(getObject(arg0).appendChild(getObject(arg1)));
}),
        ta: handleError((arg0, arg1, arg2, arg3, arg4) => {
            getObject(arg0).append(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}),
        Pa: handleError((arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).apply(getObject(arg1), getObject(arg2)));
}),
        La: handleError((arg0, arg1) => {
            const ret = getObject(arg1).baseURI;
            giveString(arg0, ret);
}),
        Pc: (arg0) => {
            return addIfAny(getObject(arg0).body);
        },
        T: (arg0) => {
            return getObject(arg0).button;
        },
        ic: handleError((arg0, arg1, arg2, arg3) => {
            return addHeapObject(getObject(arg0).call(getObject(arg1), getObject(arg2), getObject(arg3)));
}),
        ea: handleError((arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).call(getObject(arg1), getObject(arg2)));
}),
        v: handleError((arg0, arg1) => {
            return addHeapObject(getObject(arg0).call(getObject(arg1)));
}),
        pb: (arg0) => {
            return getObject(arg0).cellIndex;
        },
        Rc: (arg0) => {
            return getObject(arg0).checked;
        },
        cc: (arg0) => {
            return getObject(arg0).childElementCount;
        },
        ub: (arg0) => {
            return addHeapObject(getObject(arg0).children);
        },
        wb: (arg0) => {
            return addHeapObject(getObject(arg0).classList);
        },
        Nb: (arg0, arg1) => {
            getObject(arg0).clearInterval(arg1);
        },
        f: (arg0) => {
            return addHeapObject(clearTimeout(takeObject(arg0)));
        },
        A: (arg0, arg1) => {
            getObject(arg0).clearTimeout(arg1);
        },
        _b: (arg0) => {
            return getObject(arg0).clientHeight;
        },
        Xb: handleError((arg0, arg1) => {
            return addHeapObject(getObject(arg0).cloneNode(arg1 !== 0));
}),
        nc: handleError((arg0) => {
            return addHeapObject(getObject(arg0).cloneNode());
}),
        Rb: (arg0) => {
            getObject(arg0).close();
        },
        yb: handleError((arg0, arg1, arg2) => {
            return addIfAny(getObject(arg0).closest(getStringFromWasm0(arg1, arg2)));
}),
        Y: (arg0) => {
            return addHeapObject(getObject(arg0).composedPath());
        },
        Oa: (arg0, arg1) => {
            return addHeapObject(getObject(arg0).concat(getObject(arg1)));
        },
        gb: handleError((arg0, arg1) => {
            return addHeapObject(Reflect.construct(getObject(arg0), getObject(arg1)));
}),
        xb: (arg0, arg1, arg2) => {
            return getObject(arg0).contains(getStringFromWasm0(arg1, arg2));
        },
        Db: (arg0, arg1) => {
            return getObject(arg0).contains(getObject(arg1));
        },
        fa: (arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).createComment(getStringFromWasm0(arg1, arg2)));
        },
        Wb: (arg0) => {
            return addHeapObject(getObject(arg0).createDocumentFragment());
        },
        Mc: handleError((arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).createElement(getStringFromWasm0(arg1, arg2)));
}),
        pc: (arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).createTextNode(getStringFromWasm0(arg1, arg2)));
        },
        W: (arg0) => {
            return getObject(arg0).ctrlKey;
        },
        K: handleError((arg0, arg1) => {
            return addHeapObject(decodeURIComponent(getStringFromWasm0(arg0, arg1)));
}),
        u: handleError((arg0, arg1) => {
            return addHeapObject(decodeURI(getStringFromWasm0(arg0, arg1)));
}),
        S: (arg0) => {
            return getObject(arg0).defaultPrevented;
        },
        tb: (arg0, arg1) => {
            const ret = getObject(arg1).dir;
            giveString(arg0, ret);
        },
        fc: (arg0) => {
            getObject(arg0).disconnect();
        },
        rd: (arg0) => {
            return addIfAny(getObject(arg0).documentElement);
        },
        gd: (arg0) => {
            return addIfAny(getObject(arg0).document);
        },
        i: (arg0) => {
            return getObject(arg0).done;
        },
        pa: (arg0) => {
            return addHeapObject(getObject(arg0).entries());
        },
        R: (arg0) => {
            console.error(getObject(arg0));
        },
        ma: (arg0) => {
            return addHeapObject(fetch(getObject(arg0)));
        },
        lc: (arg0) => {
            return addIfAny(getObject(arg0).firstChild);
        },
        Uc: (arg0) => {
            return addIfAny(getObject(arg0).firstElementChild);
        },
        Ya: handleError((arg0) => {
            getObject(arg0).focus();
}),
        Gb: handleError((arg0) => {
            return addIfAny(getObject(arg0).frameElement);
}),
        Ta: (arg0) => {
            return addHeapObject(Array.from(getObject(arg0)));
        },
        Wc: (arg0, arg1, arg2, arg3) => {
            const ret = getObject(arg1).getAttribute(getStringFromWasm0(arg2, arg3));
            giveString(arg0, ret);
        },
        Jc: (arg0, arg1, arg2) => {
            return addIfAny(getObject(arg0).getElementById(getStringFromWasm0(arg1, arg2)));
        },
        _c: handleError((arg0, arg1, arg2, arg3) => {
            const ret = getObject(arg1).getItem(getStringFromWasm0(arg2, arg3));
            giveString(arg0, ret);
}),
        Xa: (arg0, arg1, arg2) => {
            return getObject(arg0).getModifierState(getStringFromWasm0(arg1, arg2));
        },
        x: handleError((arg0, arg1) => {
            return addHeapObject(Reflect.get(getObject(arg0), getObject(arg1)));
}),
        I: handleError((arg0, arg1) => {
            return addHeapObject(Reflect.get(getObject(arg0), getObject(arg1)));
}),
        M: (arg0, arg1) => {
            return addHeapObject(getObject(arg0)[arg1 >>> 0]);
        },
        mb: (arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).get(getStringFromWasm0(arg1, arg2)));
        },
        c: (arg0, arg1) => {
            return addHeapObject(getObject(arg0)[arg1 >>> 0]);
        },
        Dc: (arg0, arg1, arg2) => {
            return getObject(arg0).hasAttribute(getStringFromWasm0(arg1, arg2));
        },
        Ib: handleError((arg0, arg1) => {
            return Reflect.has(getObject(arg0), getObject(arg1));
}),
        Q: (arg0, arg1) => {
            const ret = getObject(arg1).hash;
            giveString(arg0, ret);
        },
        pd: handleError((arg0, arg1) => {
            const ret = getObject(arg1).hash;
            giveString(arg0, ret);
}),
        oa: (arg0) => {
            return addHeapObject(getObject(arg0).headers);
        },
        Eb: handleError((arg0) => {
            getObject(arg0).hidePopover();
}),
        kd: handleError((arg0) => {
            return addHeapObject(getObject(arg0).history);
}),
        $: (arg0, arg1) => {
            const ret = getObject(arg1).href;
            giveString(arg0, ret);
        },
        Hb: handleError((arg0, arg1) => {
            const ret = getObject(arg1).href;
            giveString(arg0, ret);
}),
        Mb: (arg0, arg1) => {
            const ret = getObject(arg1).id;
            giveString(arg0, ret);
        },
        jc: (arg0, arg1, arg2, arg3) => {
            return getObject(arg0).includes(getStringFromWasm0(arg1, arg2), arg3);
        },
        kb: (arg0, arg1) => {
            const ret = getObject(arg1).inputType;
            giveString(arg0, ret);
        },
        Qc: handleError((arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).insertBefore(getObject(arg1), getObject(arg2)));
}),
        xd: (arg0) => {
            return getObject(arg0) instanceof Element;
        },
        Da: (arg0) => {
            return getObject(arg0) instanceof Error;
        },
        Ab: (arg0) => {
            return getObject(arg0) instanceof FocusEvent;
        },
        _: (arg0) => {
            return getObject(arg0) instanceof HTMLAnchorElement;
        },
        Sb: (arg0) => {
            return getObject(arg0) instanceof HTMLDialogElement;
        },
        yd: (arg0) => {
            return getObject(arg0) instanceof HTMLElement;
        },
        lb: (arg0) => {
            return getObject(arg0) instanceof HTMLFormElement;
        },
        z: (arg0) => {
            return getObject(arg0) instanceof HTMLInputElement;
        },
        sb: (arg0) => {
            return getObject(arg0) instanceof HTMLTableCellElement;
        },
        qb: (arg0) => {
            return getObject(arg0) instanceof HTMLTableRowElement;
        },
        jb: (arg0) => {
            return getObject(arg0) instanceof InputEvent;
        },
        zd: (arg0) => {
            return getObject(arg0) instanceof KeyboardEvent;
        },
        Cb: (arg0) => {
            return getObject(arg0) instanceof Node;
        },
        Qa: (arg0) => {
            return getObject(arg0) instanceof Promise;
        },
        Ha: (arg0) => {
            return getObject(arg0) instanceof Response;
        },
        uc: (arg0) => {
            return getObject(arg0) instanceof StorageEvent;
        },
        Cc: (arg0) => {
            return getObject(arg0) instanceof Window;
        },
        N: (arg0) => {
            return Array.isArray(getObject(arg0));
        },
        jd: (arg0) => {
            return getObject(arg0).isConnected;
        },
        gc: (arg0) => {
            return getObject(arg0).isIntersecting;
        },
        w: (arg0, arg1) => {
            return Object.is(getObject(arg0), getObject(arg1));
        },
        ob: (arg0, arg1) => {
            return addIfAny(getObject(arg0).item(arg1 >>> 0));
        },
        vb: (arg0, arg1) => {
            return addIfAny(getObject(arg0).item(arg1 >>> 0));
        },
        H: () => {
            return addHeapObject(Symbol.iterator);
        },
        ud: (arg0, arg1) => {
            const ret = getObject(arg1).key;
            giveString(arg0, ret);
        },
        fd: (arg0, arg1) => {
            const ret = getObject(arg1).key;
            giveString(arg0, ret);
        },
        hb: (arg0) => {
            return addHeapObject(getObject(arg0).languages);
        },
        Vc: (arg0) => {
            return addIfAny(getObject(arg0).lastElementChild);
        },
        Z: (arg0) => {
            return getObject(arg0).length;
        },
        Lc: handleError((arg0) => {
            return addIfAny(getObject(arg0).localStorage);
}),
        a: (arg0) => {
            return addHeapObject(getObject(arg0).location);
        },
        Fa: (arg0) => {
            return addHeapObject(getObject(arg0).message);
        },
        U: (arg0) => {
            return getObject(arg0).metaKey;
        },
        ib: (arg0, arg1) => {
            const ret = getObject(arg1).name;
            giveString(arg0, ret);
        },
        Ea: (arg0) => {
            return addHeapObject(getObject(arg0).name);
        },
        ia: (arg0) => {
            return addHeapObject(getObject(arg0).navigator);
        },
        wc: (arg0, arg1) => {
            const ret = getObject(arg1).newValue;
            giveString(arg0, ret);
        },
        Zc: handleError(() => {
            return addHeapObject(new AbortController());
}),
        $a: function(arg0, arg1, arg2, arg3) {
            return addHeapObject(new RegExp(getStringFromWasm0(arg0, arg1), getStringFromWasm0(arg2, arg3)));
        },
        eb: (arg0) => {
            return addHeapObject(new Date(getObject(arg0)));
        },
        Jb: (arg0, arg1) => {
            return addHeapObject(new Intl.DisplayNames(getObject(arg0), getObject(arg1)));
        },
        Va: (arg0, arg1) => {
            try {
                var state0 = {a: arg0, b: arg1};
                var cb0 = (arg0, arg1) => {
                    const a = state0.a;
                    state0.a = 0;
                    try {
                        return wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Function_fn_wasm_bindgen_99e0b5e40a40f3e8___JsValue_____wasm_bindgen_99e0b5e40a40f3e8___sys__Undefined___js_sys_82f573736863a161___Function_fn_wasm_bindgen_99e0b5e40a40f3e8___JsValue_____wasm_bindgen_99e0b5e40a40f3e8___sys__Undefined_______true_(a, state0.b, arg0, arg1);
                    } finally {
                        state0.a = a;
                    }
                };
                return addHeapObject(new Promise(cb0));
            } finally {
                state0.a = 0;
            }
        },
        ka: () => {
            return addHeapObject(new Object());
        },
        Ma: handleError((arg0, arg1) => {
            return addHeapObject(new URL(getStringFromWasm0(arg0, arg1)));
}),
        sa: handleError(() => {
            return addHeapObject(new Headers());
}),
        b: () => {
            return addHeapObject(new Array());
        },
        wd: handleError((arg0, arg1, arg2, arg3) => {
            return addHeapObject(new URL(getStringFromWasm0(arg0, arg1), getStringFromWasm0(arg2, arg3)));
}),
        Xc: handleError((arg0) => {
            return addHeapObject(new FormData(getObject(arg0)));
}),
        ac: handleError((arg0, arg1) => {
            return addHeapObject(new IntersectionObserver(getObject(arg0), getObject(arg1)));
}),
        Ca: handleError((arg0, arg1, arg2) => {
            return addHeapObject(new Request(getStringFromWasm0(arg0, arg1), getObject(arg2)));
}),
        cd: handleError((arg0, arg1) => {
            return addHeapObject(new URLSearchParams(getStringFromWasm0(arg0, arg1)));
}),
        Tc: (arg0) => {
            return addIfAny(getObject(arg0).nextElementSibling);
        },
        sd: (arg0) => {
            return addIfAny(getObject(arg0).nextSibling);
        },
        J: (arg0) => {
            return addHeapObject(getObject(arg0).next);
        },
        h: handleError((arg0) => {
            return addHeapObject(getObject(arg0).next());
}),
        hd: (arg0, arg1) => {
            const ret = getObject(arg1).nodeName;
            giveString(arg0, ret);
        },
        mc: (arg0) => {
            return getObject(arg0).nodeType;
        },
        qc: (arg0, arg1) => {
            const ret = getObject(arg1).nodeValue;
            giveString(arg0, ret);
        },
        ab: (arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).normalize(getStringFromWasm0(arg1, arg2)));
        },
        ga: () => {
            return Date.now();
        },
        bc: (arg0, arg1) => {
            getObject(arg0).observe(getObject(arg1));
        },
        Ja: (arg0, arg1) => {
            return addHeapObject(Array.of(getObject(arg0), getObject(arg1)));
        },
        Kb: (arg0, arg1, arg2) => {
            return addIfAny(getObject(arg0).of(getStringFromWasm0(arg1, arg2)));
        },
        Na: (arg0) => {
            return addHeapObject(Array.of(getObject(arg0)));
        },
        Ka: (arg0) => {
            return getObject(arg0).onLine;
        },
        ad: (arg0, arg1) => {
            const ret = getObject(arg1).origin;
            giveString(arg0, ret);
        },
        $c: handleError((arg0, arg1) => {
            const ret = getObject(arg1).origin;
            giveString(arg0, ret);
}),
        md: (arg0) => {
            return addIfAny(getObject(arg0).parentElement);
        },
        db: (arg0, arg1) => {
            return Number.parseFloat(getStringFromWasm0(arg0, arg1));
        },
        fb: (arg0, arg1) => {
            return Date.parse(getStringFromWasm0(arg0, arg1));
        },
        Pb: (arg0, arg1) => {
            const ret = getObject(arg1).password;
            giveString(arg0, ret);
        },
        ld: handleError((arg0, arg1) => {
            const ret = getObject(arg1).pathname;
            giveString(arg0, ret);
}),
        qd: (arg0, arg1) => {
            const ret = getObject(arg1).pathname;
            giveString(arg0, ret);
        },
        ba: (arg0) => {
            getObject(arg0).preventDefault();
        },
        Sc: (arg0) => {
            return addIfAny(getObject(arg0).previousElementSibling);
        },
        F: handleError((arg0, arg1, arg2, arg3, arg4, arg5) => {
            getObject(arg0).pushState(getObject(arg1), getStringFromWasm0(arg2, arg3), arg4 === 0 ? undefined : getStringFromWasm0(arg4, arg5));
}),
        Ia: (arg0, arg1) => {
            return getObject(arg0).push(getObject(arg1));
        },
        nb: handleError((arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).querySelectorAll(getStringFromWasm0(arg1, arg2)));
}),
        Ec: handleError((arg0, arg1, arg2) => {
            return addIfAny(getObject(arg0).querySelector(getStringFromWasm0(arg1, arg2)));
}),
        Kc: handleError((arg0, arg1, arg2) => {
            return addIfAny(getObject(arg0).querySelector(getStringFromWasm0(arg1, arg2)));
}),
        Ua: handleError((arg0) => {
            return addHeapObject(getObject(arg0).query());
}),
        j: (arg0) => {
            return addHeapObject(getObject(arg0).queueMicrotask);
        },
        s: (arg0) => {
            queueMicrotask(getObject(arg0));
        },
        Ra: () => {
            return Math.random();
        },
        Bb: (arg0) => {
            return addIfAny(getObject(arg0).relatedTarget);
        },
        td: handleError((arg0) => {
            getObject(arg0).reload();
}),
        Fc: handleError((arg0, arg1, arg2) => {
            getObject(arg0).removeAttribute(getStringFromWasm0(arg1, arg2));
}),
        oc: handleError((arg0, arg1) => {
            return addHeapObject(getObject(arg0).removeChild(getObject(arg1)));
}),
        D: handleError((arg0, arg1, arg2, arg3) => {
            getObject(arg0).removeEventListener(getStringFromWasm0(arg1, arg2), getObject(arg3));
}),
        dd: handleError((arg0, arg1, arg2) => {
            getObject(arg0).removeItem(getStringFromWasm0(arg1, arg2));
}),
        Ub: handleError((arg0, arg1, arg2) => {
            getObject(arg0).remove(getStringFromWasm0(arg1, arg2));
}),
        Lb: (arg0) => {
            getObject(arg0).remove();
        },
        id: handleError((arg0, arg1, arg2, arg3, arg4, arg5) => {
            getObject(arg0).replaceState(getObject(arg1), getStringFromWasm0(arg2, arg3), arg4 === 0 ? undefined : getStringFromWasm0(arg4, arg5));
}),
        bb: (arg0, arg1, arg2, arg3) => {
            return addHeapObject(getObject(arg0).replace(getObject(arg1), getStringFromWasm0(arg2, arg3)));
        },
        zb: handleError((arg0, arg1, arg2) => {
            getObject(arg0).replace(getStringFromWasm0(arg1, arg2));
}),
        E: handleError((arg0, arg1) => {
            return getObject(arg0).requestAnimationFrame(getObject(arg1));
}),
        Sa: handleError((arg0, arg1, arg2, arg3, arg4) => {
            return addHeapObject(getObject(arg0).request(getStringFromWasm0(arg1, arg2), getObject(arg3), getObject(arg4)));
}),
        k: (arg0) => {
            return addHeapObject(Promise.resolve(getObject(arg0)));
        },
        Zb: (arg0) => {
            return getObject(arg0).scrollHeight;
        },
        G: (arg0) => {
            getObject(arg0).scrollIntoView();
        },
        Oc: (arg0, arg1, arg2) => {
            getObject(arg0).scrollTo(arg1, arg2);
        },
        P: (arg0) => {
            return addHeapObject(getObject(arg0).searchParams);
        },
        od: handleError((arg0, arg1) => {
            const ret = getObject(arg1).search;
            giveString(arg0, ret);
}),
        O: (arg0, arg1) => {
            const ret = getObject(arg1).search;
            giveString(arg0, ret);
        },
        rb: (arg0) => {
            return getObject(arg0).sectionRowIndex;
        },
        Nc: handleError((arg0) => {
            return addIfAny(getObject(arg0).sessionStorage);
}),
        Hc: handleError((arg0, arg1, arg2, arg3, arg4) => {
            getObject(arg0).setAttribute(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}),
        C: handleError((arg0, arg1, arg2) => {
            return getObject(arg0).setInterval(getObject(arg1), arg2);
}),
        ed: handleError((arg0, arg1, arg2, arg3, arg4) => {
            getObject(arg0).setItem(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}),
        B: handleError((arg0, arg1, arg2) => {
            return getObject(arg0).setTimeout(getObject(arg1), arg2);
}),
        g: handleError((arg0, arg1) => {
            return addHeapObject(setTimeout(getObject(arg0), arg1));
}),
        y: handleError((arg0, arg1, arg2) => {
            return Reflect.set(getObject(arg0), getObject(arg1), getObject(arg2));
}),
        Aa: (arg0, arg1) => {
            getObject(arg0).body = getObject(arg1);
        },
        wa: (arg0, arg1) => {
            getObject(arg0).cache = __wbindgen_enum_RequestCache[arg1];
        },
        kc: (arg0, arg1) => {
            getObject(arg0).checked = arg1 !== 0;
        },
        dc: (arg0, arg1, arg2) => {
            getObject(arg0).className = getStringFromWasm0(arg1, arg2);
        },
        ya: (arg0, arg1) => {
            getObject(arg0).credentials = __wbindgen_enum_RequestCredentials[arg1];
        },
        va: (arg0, arg1) => {
            getObject(arg0).headers = getObject(arg1);
        },
        ua: (arg0, arg1, arg2) => {
            getObject(arg0).method = getStringFromWasm0(arg1, arg2);
        },
        rc: (arg0, arg1, arg2) => {
            getObject(arg0).nodeValue = arg1 === 0 ? undefined : getStringFromWasm0(arg1, arg2);
        },
        Ba: (arg0, arg1) => {
            getObject(arg0).redirect = __wbindgen_enum_RequestRedirect[arg1];
        },
        xa: (arg0, arg1) => {
            getObject(arg0).referrerPolicy = __wbindgen_enum_ReferrerPolicy[arg1];
        },
        $b: function(arg0, arg1) {
            getObject(arg0).root = getObject(arg1);
        },
        Yb: (arg0, arg1, arg2) => {
            getObject(arg0).rootMargin = getStringFromWasm0(arg1, arg2);
        },
        za: (arg0, arg1) => {
            getObject(arg0).signal = getObject(arg1);
        },
        ec: (arg0, arg1, arg2) => {
            getObject(arg0).textContent = arg1 === 0 ? undefined : getStringFromWasm0(arg1, arg2);
        },
        Qb: (arg0, arg1, arg2) => {
            getObject(arg0).title = getStringFromWasm0(arg1, arg2);
        },
        Za: (arg0, arg1, arg2) => {
            getObject(arg0).value = getStringFromWasm0(arg1, arg2);
        },
        X: (arg0) => {
            return getObject(arg0).shiftKey;
        },
        Tb: handleError((arg0) => {
            getObject(arg0).showModal();
}),
        la: (arg0) => {
            return addHeapObject(getObject(arg0).signal);
        },
        n: () => {
            return addIfAny(typeof global === 'undefined' ? null : global);
        },
        o: () => {
            return addIfAny(typeof globalThis === 'undefined' ? null : globalThis);
        },
        q: () => {
            return addIfAny(typeof self === 'undefined' ? null : self);
        },
        p: () => {
            return addIfAny(typeof window === 'undefined' ? null : window);
        },
        ra: (arg0) => {
            return getObject(arg0).status;
        },
        nd: (arg0, arg1) => {
            const ret = getObject(arg1).tagName;
            giveString(arg0, ret);
        },
        aa: (arg0, arg1) => {
            const ret = getObject(arg1).target;
            giveString(arg0, ret);
        },
        bd: (arg0) => {
            return addIfAny(getObject(arg0).target);
        },
        hc: (arg0) => {
            return addHeapObject(getObject(arg0).target);
        },
        qa: handleError((arg0) => {
            return addHeapObject(getObject(arg0).text());
}),
        ja: (arg0, arg1, arg2) => {
            return addHeapObject(getObject(arg0).then(getObject(arg1), getObject(arg2)));
        },
        r: (arg0, arg1) => {
            return addHeapObject(getObject(arg0).then(getObject(arg1)));
        },
        _a: (arg0) => {
            return addHeapObject(getObject(arg0).toISOString());
        },
        cb: (arg0) => {
            return addHeapObject(getObject(arg0).toLowerCase());
        },
        Ga: (arg0) => {
            return addHeapObject(getObject(arg0).toString());
        },
        sc: handleError((arg0, arg1, arg2, arg3) => {
            return getObject(arg0).toggle(getStringFromWasm0(arg1, arg2), arg3 !== 0);
}),
        Fb: handleError((arg0) => {
            return addIfAny(getObject(arg0).top);
}),
        na: (arg0) => {
            const ret = getObject(arg0).type;
            return (__wbindgen_enum_ResponseType.indexOf(ret) + 1 || 7) - 1;
        },
        Ob: (arg0, arg1) => {
            const ret = getObject(arg1).username;
            giveString(arg0, ret);
        },
        Ic: (arg0, arg1) => {
            const ret = getObject(arg1).value;
            giveString(arg0, ret);
        },
        L: (arg0) => {
            return addHeapObject(getObject(arg0).value);
        },
        tc: (arg0) => {
            const ret = getObject(arg0).visibilityState;
            return (__wbindgen_enum_VisibilityState.indexOf(ret) + 1 || 3) - 1;
        },
        Wa: (arg0) => {
            console.warn(getObject(arg0));
        },
        Ad: (arg0, arg1) => {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [Externref], shim_idx: 240, ret: Result(Unit), inner_ret: Some(Result(Unit)) }, mutable: true }) -> Externref`.
            return addHeapObject(makeMutClosure(arg0, arg1, wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___wasm_bindgen_99e0b5e40a40f3e8___JsValue__core_8a9365ec86218bf9___result__Result_____wasm_bindgen_99e0b5e40a40f3e8___JsError___true_));
        },
        Bd: (arg0, arg1) => {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [Externref], shim_idx: 476, ret: Externref, inner_ret: Some(Externref) }, mutable: true }) -> Externref`.
            return addHeapObject(makeMutClosure(arg0, arg1, wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___wasm_bindgen_99e0b5e40a40f3e8___JsValue__wasm_bindgen_99e0b5e40a40f3e8___JsValue__true_));
        },
        Cd: (arg0, arg1) => {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [NamedExternref("Array<any>")], shim_idx: 353, ret: Unit, inner_ret: Some(Unit) }, mutable: true }) -> Externref`.
            return addHeapObject(makeMutClosure(arg0, arg1, wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Array______true_));
        },
        Dd: (arg0, arg1) => {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [NamedExternref("Event")], shim_idx: 353, ret: Unit, inner_ret: Some(Unit) }, mutable: true }) -> Externref`.
            return addHeapObject(makeMutClosure(arg0, arg1, wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Array______true__4));
        },
        Ed: (arg0, arg1) => {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [], shim_idx: 354, ret: Unit, inner_ret: Some(Unit) }, mutable: true }) -> Externref`.
            return addHeapObject(makeMutClosure(arg0, arg1, wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke_______true_));
        },
        Fd: (arg0) => {
            // Cast intrinsic for `F64 -> Externref`.
            return addHeapObject(arg0);
        },
        Gd: (arg0, arg1) => {
            // Cast intrinsic for `Ref(String) -> Externref`.
            return addHeapObject(getStringFromWasm0(arg0, arg1));
        },
        l: (arg0) => {
            return addHeapObject(getObject(arg0));
        },
        e: (arg0) => {
            takeObject(arg0);
        },
    };
    return {
        __proto__: null,
        "a": import0,
    };
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke_______true_(arg0, arg1) {
    wasm.Ud(arg0, arg1);
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Array______true_(arg0, arg1, arg2) {
    wasm.Sd(arg0, arg1, addHeapObject(arg2));
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Array______true__4(arg0, arg1, arg2) {
    wasm.Td(arg0, arg1, addHeapObject(arg2));
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___wasm_bindgen_99e0b5e40a40f3e8___JsValue__wasm_bindgen_99e0b5e40a40f3e8___JsValue__true_(arg0, arg1, arg2) {
    const ret = wasm.Rd(arg0, arg1, addHeapObject(arg2));
    return takeObject(ret);
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___js_sys_82f573736863a161___Function_fn_wasm_bindgen_99e0b5e40a40f3e8___JsValue_____wasm_bindgen_99e0b5e40a40f3e8___sys__Undefined___js_sys_82f573736863a161___Function_fn_wasm_bindgen_99e0b5e40a40f3e8___JsValue_____wasm_bindgen_99e0b5e40a40f3e8___sys__Undefined_______true_(arg0, arg1, arg2, arg3) {
    wasm.Pd(arg0, arg1, addHeapObject(arg2), addHeapObject(arg3));
}

function wasm_bindgen_99e0b5e40a40f3e8___convert__closures_____invoke___wasm_bindgen_99e0b5e40a40f3e8___JsValue__core_8a9365ec86218bf9___result__Result_____wasm_bindgen_99e0b5e40a40f3e8___JsError___true_(arg0, arg1, arg2) {
    try {
        const retptr = wasm.Zd(-16);
        wasm.Qd(retptr, arg0, arg1, addHeapObject(arg2));
        var r0 = getDataViewMemory0().getInt32(retptr + 4 * 0, true);
        var r1 = getDataViewMemory0().getInt32(retptr + 4 * 1, true);
        if (r1) {
            throw takeObject(r0);
        }
    } finally {
        wasm.Zd(16);
    }
}


const __wbindgen_enum_ReferrerPolicy = ["", "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "unsafe-url", "same-origin", "strict-origin", "strict-origin-when-cross-origin"];


const __wbindgen_enum_RequestCache = ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"];


const __wbindgen_enum_RequestCredentials = ["omit", "same-origin", "include"];


const __wbindgen_enum_RequestRedirect = ["follow", "error", "manual"];


const __wbindgen_enum_ResponseType = ["basic", "cors", "default", "error", "opaque", "opaqueredirect"];


const __wbindgen_enum_VisibilityState = ["hidden", "visible"];

function addHeapObject(obj) {
    if (heap_next === heap.length) heap.push(heap.length + 1);
    const idx = heap_next;
    heap_next = heap[idx];

    heap[idx] = obj;
    return idx;
}

const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(state => wasm.Yd(state.a, state.b));

function dropObject(idx) {
    if (idx < 1028) return;
    heap[idx] = heap_next;
    heap_next = idx;
}

let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.Od.buffer)) {
        cachedDataViewMemory0 = new DataView(wasm.Od.buffer);
    }
    return cachedDataViewMemory0;
}

function getStringFromWasm0(ptr, len) {
    return decodeText(ptr >>> 0, len);
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.Od.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function getObject(idx) { return heap[idx]; }

const handleError = f => (...args) => {
    try {
        return f(...args);
    } catch (e) {
        wasm.Xd(addHeapObject(e));
    }
};

let heap = new Array(1024).fill(undefined);
heap.push(undefined, null, true, false);

let heap_next = heap.length;

function giveString(arg0, ret) {
    const ptr = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.Vd, wasm.Wd);
    getDataViewMemory0().setInt32(arg0 + 4, WASM_VECTOR_LEN, true);
    getDataViewMemory0().setInt32(arg0, ptr, true);
}
function addIfAny(ret) { return isLikeNone(ret) ? 0 : addHeapObject(ret); }
function isLikeNone(x) {
    return x === undefined || x === null;
}

function makeMutClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1 };
    const real = (...args) => {

        // First up with a closure we increment the internal reference
        // count. This ensures that the Rust closure environment won't
        // be deallocated while we're invoking it.
        state.cnt++;
        const a = state.a;
        state.a = 0;
        try {
            return f(a, state.b, ...args);
        } finally {
            state.a = a;
            real._wbg_cb_unref();
        }
    };
    real._wbg_cb_unref = () => {
        if (--state.cnt === 0) {
            wasm.Yd(state.a, state.b);
            state.a = 0;
            CLOSURE_DTORS.unregister(state);
        }
    };
    CLOSURE_DTORS.register(real, state, state);
    return real;
}

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
}

function takeObject(idx) {
    const ret = getObject(idx);
    dropObject(idx);
    return ret;
}

let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(ptr, len) {
    numBytesDecoded += len;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
        cachedTextDecoder.decode();
        numBytesDecoded = len;
    }
    return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedDataViewMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    wasm._d();
    return wasm;
}

export default async ({ module_or_path: module }) => __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
